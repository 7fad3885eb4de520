import { hostsOverlap } from '../../config/istio/names.ts'
import type { Resource } from '../../config/resource.ts'
import type { Analyzer } from '../analyzer.ts'
import { fqdnOf, scopesOf } from '../hosts.ts'
import { fullName, kinds, specOf, textsOf } from '../inventory.ts'
import { messageTypes } from '../message-types.ts'

/** Hosts that several VirtualServices claim at sidecars. Source: Istio `analyzers/virtualservice/conflictingmeshgatewayhosts.go`. */
export const meshGatewayHosts: Analyzer = {
  name: 'virtualservice.ConflictingMeshGatewayHostsAnalyzer',
  inputs: [kinds.virtualService],
  analyze(mesh, report) {
    const claims = claimsOf(mesh.all(kinds.virtualService).filter(isForSidecars))
    const forAll = new ClaimsForAll(claims)
    const told = new Set<Resource>()
    for (const { scope, host, rules } of claims) {
      const others = scope === '*' ? [] : forAll.overlapping(host).flatMap((other) => other.rules)
      const all = [...new Set([...rules, ...others])]
      if (all.length < 2) continue
      for (const rule of all)
        if (!told.has(rule)) {
          told.add(rule)
          report(messageTypes.conflictingMeshHosts, rule, [all.map(fullName).join(', '), host], ['metadata', 'name'])
        }
    }
  },
}

function isForSidecars(rule: Resource): boolean {
  const gateways = textsOf(specOf(rule).gateways)
  return gateways.length === 0 || gateways.includes('mesh')
}

interface Claim {
  /** Namespace whose sidecars follow the rules; `*` for all. */
  readonly scope: string
  readonly host: string
  readonly rules: Resource[]
}

function claimsOf(rules: readonly Resource[]): readonly Claim[] {
  const claims = new Map<string, Claim>()
  for (const rule of rules) {
    const { exportTo, hosts } = specOf(rule)
    for (const scope of scopesOf(textsOf(exportTo), rule.namespace))
      for (const host of textsOf(hosts).map((name) => fqdnOf(name, rule.namespace))) {
        const claim = claims.get(`${scope}/${host}`) ?? { scope, host, rules: [] }
        if (!claim.rules.includes(rule)) claim.rules.push(rule)
        claims.set(`${scope}/${host}`, claim)
      }
  }
  return [...claims.values()]
}

/** Claims that all namespaces see. */
class ClaimsForAll {
  readonly #byHost = new Map<string, Claim>()
  readonly #wild: Claim[] = []

  constructor(claims: readonly Claim[]) {
    for (const claim of claims) {
      if (claim.scope !== '*') continue
      this.#byHost.set(claim.host, claim)
      if (claim.host.startsWith('*')) this.#wild.push(claim)
    }
  }

  overlapping(host: string): readonly Claim[] {
    if (host.startsWith('*')) return [...this.#byHost.values()].filter((claim) => hostsOverlap(claim.host, host))
    const exact = this.#byHost.get(host)
    return [...(exact ? [exact] : []), ...this.#wild.filter((claim) => hostsOverlap(claim.host, host))]
  }
}
