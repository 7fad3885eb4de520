import { isSubsetOf } from '../../config/istio/names.ts'
import type { Resource } from '../../config/resource.ts'
import { closest } from '../../config/schema/suggest.ts'
import type { Analyzer } from '../analyzer.ts'
import { destinationsOf, fqdnOf } from '../hosts.ts'
import { kinds, listOf, specOf } from '../inventory.ts'
import { messageTypes } from '../message-types.ts'

/** Subsets that no DestinationRule defines. Source: Istio `analyzers/virtualservice/destinationrules.go`. */
export const destinationSubsets: Analyzer = {
  name: 'virtualservice.DestinationRuleAnalyzer',
  inputs: [kinds.virtualService],
  analyze(mesh, report) {
    const subsets = new Subsets(mesh.all(kinds.destinationRule))
    for (const rule of mesh.all(kinds.virtualService))
      for (const { destination, path, mirror } of destinationsOf(rule)) {
        const { host, subset } = destination
        const known = subset ? subsets.of(fqdnOf(String(host), rule.namespace)) : null
        if (!subset || (known === null ? !mesh.isWhole : known.includes(subset))) continue
        const what = mirror ? 'subset of a mirror' : 'subset'
        report(
          messageTypes.notFound,
          rule,
          [what, `${host}+${subset}`],
          [...path, 'subset'],
          hintFor(String(host), String(subset), subsets, rule.namespace),
        )
      }
  },
}

/** The subset that is meant, or those that there are; of a host without any, the host that is meant. */
function hintFor(host: string, subset: string, subsets: Subsets, namespace: string): string | null {
  const known = subsets.of(fqdnOf(host, namespace)) ?? []
  const meant = closest(subset, known)
  if (meant !== null) return `did you mean "${meant}"?`
  if (known.length > 0) return `subsets of ${host}: ${known.slice(0, mostShown).join(', ')}${known.length > mostShown ? ', …' : ''}`
  const [name = ''] = host.split('.')
  const beside = fqdnOf(host, namespace).slice(name.length)
  const others = subsets.hostsWith(subset).filter((other) => other.endsWith(beside))
  const near = closest(
    name,
    others.map((other) => other.slice(0, -beside.length)),
  )
  return near === null ? null : `did you mean the host "${near}${host.slice(name.length)}"? It has a subset ${subset}`
}

const mostShown = 20

/** What DestinationRules define. A rule for a wildcard counts for the hosts below it. */
class Subsets {
  readonly #byHost = new Map<string, string[]>()
  readonly #wild: string[] = []

  constructor(rules: readonly Resource[]) {
    for (const rule of rules) {
      const host = fqdnOf(String(specOf(rule).host), rule.namespace)
      const names = listOf(specOf(rule).subsets).map(({ name }) => String(name))
      this.#byHost.set(host, [...(this.#byHost.get(host) ?? []), ...names])
      if (host.startsWith('*')) this.#wild.push(host)
    }
  }

  /** `null` where no rule is for the host. */
  of(host: string): readonly string[] | null {
    const hosts = [host, ...this.#wild.filter((wild) => wild !== host && isSubsetOf(host, wild))].filter((one) => this.#byHost.has(one))
    return hosts.length === 0 ? null : hosts.flatMap((one) => this.#byHost.get(one)!)
  }

  hostsWith(subset: string): readonly string[] {
    return [...this.#byHost].filter(([, names]) => names.includes(subset)).map(([host]) => host)
  }
}
