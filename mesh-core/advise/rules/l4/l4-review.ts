import { passthroughChain, tcpRuleAt, tlsMatchesAt } from '../../../compile/gateway/gateway-l4.ts'
import { concerns, concernsServer, type L4Match, type L4Rule, tcpProxyTo } from '../../../compile/rules/l4-rule.ts'
import { meshGateway } from '../../../compile/names.ts'
import { at } from '../../../compile/origin.ts'
import { connectionChains, everyAddress, type ListenedService } from '../../../compile/sidecar/outbound-chains.ts'
import { twinChains } from '../../../compile/twin-chains.ts'
import type { VirtualService } from '../../../compile/rules/virtual-service.ts'
import { fitsName } from '../../../cover/connection-cells.ts'
import type { Origin } from '../../../ir/origin.ts'
import type { FilterChain } from '../../../ir/proxy-config.ts'
import { prefixLength } from '../../../ir/address-range.ts'
import { chooseFilterChain } from '../../../match/filter-chain.ts'
import { Connections, type ConnectionTrial } from './connections.ts'

/** One `match` of a `tcp` or `tls` rule, or a rule without any. */
export interface L4Entry {
  readonly rule: L4Rule
  readonly match: L4Match | null
  /** Of the match; of the rule where it has none. */
  readonly origin: Origin
}

/** A connection that an entry matches, and the entry that takes it. */
export interface L4Taken {
  readonly trial: ConnectionTrial
  readonly by: L4Entry
}

export type L4Verdict =
  | { readonly kind: 'alive' }
  /** Of each that takes some of what it matches one connection; empty: there is none that it could be for. */
  | { readonly kind: 'dead'; readonly taken: readonly L4Taken[] }
  /** No rule takes some of what it matches, and no connection comes to it: of a listener that Envoy refuses, `refusal` tells. */
  | { readonly kind: 'unheard' }
  | { readonly kind: 'undecided' }

/** Connections that are tried for one entry. */
const patience = 20_000

/**
 * The `tcp` or the `tls` rules of one VirtualService. A connection of each kind that they tell apart is given to the filter chains that istiod makes of them, and
 * the chain that Envoy chooses tells the rule: the narrower name and the smaller range go before the order.
 */
export class L4Review {
  readonly vs: VirtualService
  readonly entries: readonly L4Entry[]
  readonly #tls: boolean
  readonly #connections: Connections
  readonly #chains = new Map<string, readonly FilterChain[]>()

  constructor(vs: VirtualService, protocol: 'tcp' | 'tls', usualPort: number) {
    this.vs = vs
    this.#tls = protocol === 'tls'
    this.entries = vs[protocol].flatMap(entriesOf)
    const matches = this.entries.flatMap(({ match }) => match ?? [])
    this.#connections = new Connections(vs, matches, usualPort, this.#tls)
  }

  verdict(entry: L4Entry): L4Verdict {
    const taken = new Map<L4Entry | null, L4Taken | null>()
    let tries = 0
    for (const trial of this.#matching(entry)) {
      if (++tries > patience) return { kind: 'undecided' }
      const by = this.takerOf(trial)
      if (by === entry) return { kind: 'alive' }
      if (!taken.has(by)) taken.set(by, by && { trial, by })
    }
    return taken.has(null) ? { kind: 'unheard' } : { kind: 'dead', taken: [...taken.values()].flatMap((one) => one ?? []) }
  }

  /** An earlier entry that takes some of what this one matches, does something else with it, and is no special case of it. */
  crossing(entry: L4Entry): L4Taken | null {
    const index = this.entries.indexOf(entry)
    let tries = 0
    const special = new Set<L4Entry>()
    for (const trial of this.#matching(entry)) {
      if (++tries > patience) return null
      const by = this.takerOf(trial)
      if (!by || special.has(by) || by.rule === entry.rule || this.entries.indexOf(by) > index || l4Action(by) === l4Action(entry)) continue
      if (!this.#isWithin(by, entry)) return { trial, by }
      special.add(by)
    }
    return null
  }

  /**
   * Two rules that make Envoy refuse the listener, and with it all rules for its port; with a connection that would have gone to them. `null` where every listener
   * is taken.
   */
  refusal(): { readonly trial: ConnectionTrial; readonly rules: readonly [L4Rule, L4Rule] } | null {
    let tries = 0
    for (const trial of this.#connections.fitting(null)) {
      if (++tries > patience || trial.gateway !== meshGateway) continue
      const twins = twinChains(this.#chainsFor(trial))
      const rules = twins?.map((chain) => this.#ruleOf(chain))
      const entry = this.entries.find(({ rule, match }) => rule === rules?.[1] && match)
      if (!rules?.[0] || !rules[1] || !entry || !this.#matches(entry, trial)) continue
      return { trial, rules: [rules[0], rules[1]] }
    }
    return null
  }

  #ruleOf({ filter }: FilterChain): L4Rule | undefined {
    return this.entries.find(({ rule }) => filter.kind === 'tcp' && rule.origin === filter.origin)?.rule
  }

  /** The entry that takes it; `null` for what goes to none of the rules. */
  takerOf(trial: ConnectionTrial): L4Entry | null {
    const origin = this.#ruleFor(trial)
    return this.entries.find((entry) => entry.rule.origin === origin && this.#matches(entry, trial)) ?? null
  }

  #isWithin(inner: L4Entry, outer: L4Entry): boolean {
    let tries = 0
    for (const trial of this.#matching(inner)) if (++tries > patience || !this.#matches(outer, trial)) return false
    return true
  }

  *#matching(entry: L4Entry): Generator<ConnectionTrial> {
    for (const trial of this.#connections.fitting(entry.match)) if (this.#matches(entry, trial)) yield trial
  }

  #matches({ match }: L4Entry, trial: ConnectionTrial): boolean {
    if (!match) return true
    const { gateway, port, address, serverName } = trial
    if (this.#tls && !match.sniHosts.some((host) => fitsName(serverName, host.toLowerCase()))) return false
    if (gateway !== meshGateway) return concernsServer(match, gateway, port)
    if (!concerns(match, this.#clientOf(trial), gateway, port)) return false
    return match.destinationSubnets.length === 0 || match.destinationSubnets.some((range) => prefixLength(range, address) >= 0)
  }

  #clientOf({ namespace, labels }: ConnectionTrial): { readonly namespace: string; readonly labels: Readonly<Record<string, string>> } {
    return { namespace: namespace || this.vs.namespace, labels }
  }

  #ruleFor(trial: ConnectionTrial): Origin | null {
    const { gateway, port, serverName, address } = trial
    if (gateway !== meshGateway && !this.#tls) return tcpRuleAt([this.vs], gateway, port)?.origin ?? null
    const chains = this.#chainsFor(trial)
    if (twinChains(chains) !== null) return null
    const connection = { address, serverName: serverName || null, transport: this.#tls ? 'tls' : 'raw_buffer', applicationProtocols: [] } as const
    const filter = chooseFilterChain(chains, connection)?.filter
    return filter?.kind === 'tcp' ? filter.origin : null
  }

  /** They are the same for all that differ in what only the connection tells. */
  #chainsFor(trial: ConnectionTrial): readonly FilterChain[] {
    const key = JSON.stringify([trial.gateway, trial.port, trial.labels, trial.namespace])
    let chains = this.#chains.get(key)
    if (!chains) {
      chains = trial.gateway === meshGateway ? this.#ofSidecar(trial) : this.#ofGateway(trial)
      this.#chains.set(key, chains)
    }
    return chains
  }

  #ofSidecar(trial: ConnectionTrial): FilterChain[] {
    const port = { name: 'port', number: trial.port, targetPort: trial.port, nodePort: null, protocol: this.#tls ? 'tls' : 'tcp' } as const
    const service: ListenedService = { host: this.vs.hosts[0] ?? '', aliases: [], ports: [port], origin: this.vs.origin, resolution: 'none' }
    const place = { address: everyAddress, block: null, isNamed: true }
    return connectionChains(service, port, [this.vs], place, { client: this.#clientOf(trial), serviceOf: () => undefined, access: () => null })
  }

  #ofGateway({ gateway, port }: ConnectionTrial): FilterChain[] {
    const matches = tlsMatchesAt([this.vs], gateway, port, { names: new Map(), bind: '' })
    return matches.map(({ rule, match }) =>
      passthroughChain(
        match,
        tcpProxyTo(rule, port, () => undefined),
      ),
    )
  }
}

function entriesOf(rule: L4Rule): L4Entry[] {
  if (rule.matches.length === 0) return [{ rule, match: null, origin: rule.origin }]
  return rule.matches.map((match, i) => ({ rule, match, origin: at(rule.origin, 'match', i) }))
}

/** What a rule does, whatever it matches. */
export function l4Action({ rule }: L4Entry): string {
  return JSON.stringify(rule.route)
}
