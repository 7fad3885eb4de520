import type { FilterChain, Listener } from '../../ir/proxy-config.ts'
import { networkOf } from '../../ir/address-range.ts'
import { isHttp } from '../../registry/protocol.ts'
import type { Protocol, ServicePort } from '../../registry/registry.ts'

/** What a listener takes: HTTP, bytes, those of a protocol whose servers speak first, or whatever it sees by looking at them. */
type Reading = 'http' | 'tcp' | 'auto' | ServerFirst
type ServerFirst = 'mongo' | 'mysql'

interface Entry {
  readonly address: string
  readonly port: number
  readonly bindsToPort: boolean
  reading: Reading
  chains: readonly FilterChain[]
  /** Nothing is added any more. */
  locked: boolean
}

interface ListeningAt {
  readonly address: string
  readonly bindsToPort: boolean
}

/**
 * The outbound listeners of a sidecar while they are made: of what is to be listened on in one place, by whom it is taken. Source: Istio `core/listener.go`
 * buildSidecarOutboundListener.
 */
export class ListenerEntries {
  readonly #entries = new Map<string, Entry>()

  lock(): void {
    for (const entry of this.#entries.values()) entry.locked = true
  }

  /** @param chains made when they are needed: all HTTP ports of a number share one listener */
  add({ address, bindsToPort }: ListeningAt, { number, protocol }: ServicePort, chains: () => FilterChain[]): void {
    const name = `${address}_${number}`
    const known = this.#entries.get(name)
    if (!known) this.#entries.set(name, { address, port: number, bindsToPort, ...readingOf(protocol, chains()), locked: false })
    else if (!known.locked) join(known, kindOf(protocol), chains)
  }

  /** @param otherwise takes what no chain is for */
  listeners(otherwise: () => FilterChain): Listener[] {
    return [...this.#entries].map(([name, { address, port, bindsToPort, chains }]) => ({
      ...{ name, direction: 'outbound' as const, address, port, ...(bindsToPort && { bindsToPort }) },
      ...withDefault(chains, otherwise),
    }))
  }
}

function readingOf(protocol: Protocol, chains: readonly FilterChain[]): Pick<Entry, 'reading' | 'chains'> {
  const looks = chains.some(({ applicationProtocols }) => applicationProtocols.length > 0)
  return { reading: looks ? 'auto' : kindOf(protocol), chains }
}

function kindOf(protocol: Protocol): Reading {
  if (isHttp(protocol)) return 'http'
  return protocol === 'auto' || speaksFirst(protocol) ? protocol : 'tcp'
}

function speaksFirst(reading: Protocol): reading is ServerFirst {
  return reading === 'mongo' || reading === 'mysql'
}

/**
 * All HTTP of a port has one chain; bytes are told apart by what their chains match. Where MongoDB or MySQL is spoken nothing else is taken, since
 * looking at a connection whose server speaks first would end it. Source: the same file, isConflictWithWellKnownPort.
 */
function join(entry: Entry, kind: Reading, chains: () => FilterChain[]): void {
  if (kind === 'http' && (entry.reading === 'http' || entry.reading === 'auto')) return
  if (kind !== entry.reading && (speaksFirst(kind) || speaksFirst(entry.reading))) return
  if (kind === 'auto' && entry.reading === 'http') entry.chains = chains()
  else entry.chains = merged(entry.chains, chains())
  if (entry.reading !== kind) entry.reading = 'auto'
}

/** Of chains that match the same the first stays. Source: the same file, mergeTCPFilterChains. */
function merged(known: readonly FilterChain[], further: readonly FilterChain[]): FilterChain[] {
  const chains = [...known]
  const taken = new Set(known.map(matchOf))
  for (const chain of further) {
    const match = matchOf(chain)
    if (taken.has(match)) continue
    taken.add(match)
    chains.push(chain)
  }
  return chains
}

/** Names and ranges in any order, and of ranges what they stand for. Source: the same file, conflictsWith. */
function matchOf({ transport, applicationProtocols, serverNames, destinations }: FilterChain): string {
  const [names, ranges] = [new Set(serverNames), new Set(destinations.map(networkOf))]
  return JSON.stringify([transport, applicationProtocols, [...names].sort(), [...ranges].sort()])
}

/**
 * Beside chains that look at connections the one that does not is the default; without one, what is there for unknown traffic.
 * Source: the same file, buildListenerFromEntry.
 */
function withDefault(chains: readonly FilterChain[], otherwise: () => FilterChain): Pick<Listener, 'filterChains' | 'defaultFilterChain'> {
  const choosy = chains.filter((chain) => !takesAll(chain))
  const last = chains.findLast(takesAll) ?? null
  if (last && choosy.length === 0) return { filterChains: [last], defaultFilterChain: null }
  return { filterChains: choosy, defaultFilterChain: last ?? otherwise() }
}

function takesAll({ serverNames, destinations, applicationProtocols, transport }: FilterChain): boolean {
  return serverNames.length + destinations.length + applicationProtocols.length === 0 && transport === null
}
