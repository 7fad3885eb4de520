import type { Random } from '../time/random.ts'

/** Where Linux takes the ports of clients from: `net.ipv4.ip_local_port_range`. */
const first = 32_768
const last = 60_999

export function ephemeralPort(random: Random): number {
  return first + random.below(last - first + 1)
}
