import type { Endpoint } from '../../ir/cluster.ts'
import type { Milliseconds } from '../../time/clock.ts'
import { freshHealth } from './outlier-detection.ts'
import type { HostHealth } from './outlier-detection.ts'
import { freshPool } from '../upstream/connection-pool.ts'
import type { ConnectionPool } from '../upstream/connection-pool.ts'

/** An endpoint as one proxy knows it. */
export interface UpstreamHost {
  endpoint: Endpoint
  /** `10.244.0.5:9080`; what ring hash and Maglev know it by. */
  readonly address: string
  /** When the proxy got to know it. */
  readonly sinceMs: Milliseconds
  /** Requests under way. */
  active: number
  readonly pool: ConnectionPool
  readonly health: HostHealth
}

export function newHost(endpoint: Endpoint, sinceMs: Milliseconds): UpstreamHost {
  return { endpoint, address: addressOf(endpoint), sinceMs, active: 0, pool: freshPool(), health: freshHealth() }
}

/** One without a port is the path of a Unix socket to istiod. Source: Istio `networking/util/util.go` BuildAddress. */
export function addressOf({ address, port }: Endpoint): string {
  return port === 0 ? address : `${address}:${port}`
}
