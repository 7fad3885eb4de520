import { plainHttp } from '../ir/proxy-config.ts'
import type { FilterChainMatch } from '../ir/proxy-config.ts'
import { prefixLength } from '../ir/address-range.ts'

/** What is known of a connection before anything of it is taken. */
export interface Connection {
  /** Where the client wanted to go. */
  readonly address: string
  /** Where chains may ask for it. */
  readonly port?: number
  /** SNI, lower case; `null` for a client that names none, or speaks no TLS. */
  readonly serverName: string | null
  readonly transport: 'raw_buffer' | 'tls'
  /** ALPN in the client's order; of a plain client what it is seen to speak. */
  readonly applicationProtocols: readonly string[]
}

/**
 * The chain that takes a connection. Each property narrows the choice to the most specific of what is left, and there is no way back from it.
 * Source: Envoy `FilterChainManagerImpl::findFilterChain`.
 */
export function chooseFilterChain<C extends FilterChainMatch>(chains: readonly C[], connection: Connection): C | null {
  if (chains.length === 1 && takesAll(chains[0]!)) return chains[0]!
  const known = (choices.get(chains) as Choice<C>[] | undefined) ?? []
  for (const choice of known) if (isAlike(choice.connection, connection)) return choice.chain
  const chain = choose(chains, connection)
  // Of clients that go to ever other places the oldest choices are forgotten.
  if (known.length === mostChoices) known.shift()
  known.push({ connection, chain })
  choices.set(chains, known)
  return chain
}

interface Choice<C> {
  readonly connection: Connection
  readonly chain: C | null
}

/** By the chains of a listener, which never change: most connections are like one before. A few are looked through faster than a key is made. */
const choices = new WeakMap<readonly FilterChainMatch[], Choice<FilterChainMatch>[]>()
const mostChoices = 16

function isAlike(a: Connection, b: Connection): boolean {
  const isSame = a.address === b.address && a.port === b.port && a.serverName === b.serverName && a.transport === b.transport
  return isSame && areAlike(a.applicationProtocols, b.applicationProtocols)
}

/** Lists of protocols are constants: mostly it is the very same. */
function areAlike(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((name, i) => name === b[i]))
}

function takesAll({ destinationPort, destinations, serverNames, transport, applicationProtocols }: FilterChainMatch): boolean {
  const asksAddress = destinationPort !== undefined || destinations.length > 0
  return !asksAddress && serverNames.length === 0 && transport === null && applicationProtocols.length === 0
}

function choose<C extends FilterChainMatch>(chains: readonly C[], connection: Connection): C | null {
  const there = byPort(chains, connection.port)
  const here = byTransport(byServerName(byDestination(there, connection.address), connection.serverName), connection.transport)
  for (const protocol of connection.applicationProtocols) {
    const chain = here.find(({ applicationProtocols }) => applicationProtocols.includes(protocol))
    if (chain) return chain
  }
  return here.find(({ applicationProtocols }) => applicationProtocols.length === 0) ?? null
}

/** Do chains ask for a look at TLS? Without one it is like any other bytes. Source: Istio `core/listener_inbound.go` populateListenerFilters. */
export function inspectsTls(chains: readonly FilterChainMatch[]): boolean {
  return chains.some(({ transport, serverNames }) => transport === 'tls' || serverNames.length > 0)
}

/** And at whether it is HTTP? */
export function inspectsHttp(chains: readonly FilterChainMatch[]): boolean {
  return chains.some(({ applicationProtocols }) => applicationProtocols.some((name) => plainHttp.includes(name)))
}

/** Do they ask for a look at the first bytes of a client that begins no TLS? Where the server is the first to speak they never come. */
export function awaitsFirstBytes(chains: readonly FilterChainMatch[]): boolean {
  return inspectsTls(chains) || inspectsHttp(chains)
}

function byPort<C extends FilterChainMatch>(chains: readonly C[], port: number | undefined): readonly C[] {
  if (chains.every(({ destinationPort }) => destinationPort === undefined)) return chains
  const own = chains.filter(({ destinationPort }) => destinationPort !== undefined && destinationPort === port)
  return own.length > 0 ? own : chains.filter(({ destinationPort }) => destinationPort === undefined)
}

/** The chains for the narrowest block that an address is in; without any, those for every address. */
export function byDestination<C extends FilterChainMatch>(chains: readonly C[], address: string): readonly C[] {
  if (chains.every(({ destinations }) => destinations.length === 0)) return chains
  const lengthOf = ({ destinations }: C): number =>
    destinations.length === 0 ? 0 : Math.max(...destinations.map((range) => prefixLength(range, address)))
  const longest = Math.max(...chains.map(lengthOf))
  return chains.filter((chain) => lengthOf(chain) === longest && longest >= 0)
}

/** The name itself, then `*.` before ever less of it. */
function byServerName<C extends FilterChainMatch>(chains: readonly C[], serverName: string | null): readonly C[] {
  const labels = serverName?.split('.') ?? []
  const wildcards = labels.slice(1).map((_, i) => `*.${labels.slice(i + 1).join('.')}`)
  for (const name of serverName === null ? [] : [serverName, ...wildcards]) {
    // Envoy keeps the names of chains in lower case.
    const named = chains.filter(({ serverNames }) => serverNames.some((own) => own.toLowerCase() === name))
    if (named.length > 0) return named
  }
  return chains.filter(({ serverNames }) => serverNames.length === 0)
}

function byTransport<C extends FilterChainMatch>(chains: readonly C[], transport: Connection['transport']): readonly C[] {
  const own = chains.filter((chain) => chain.transport === transport)
  return own.length > 0 ? own : chains.filter((chain) => chain.transport === null)
}
