import type { Resource } from '../../config/resource.ts'
import type { Analyzer } from '../analyzer.ts'
import { type KnownHost, KnownHosts } from '../hosts.ts'
import type { Inventory } from '../inventory.ts'
import { kinds, labelsOf, listOf, specOf, textsOf } from '../inventory.ts'
import { messageTypes } from '../message-types.ts'
import { isSelectedBy } from '../selectors.ts'

/** A DestinationRule for nobody, and subsets that no pod carries. Source: Istio `analyzers/destinationrule/subset.go`. */
export const subsets: Analyzer = {
  name: 'destinationrule.SubsetSelectPodAnalyzer',
  inputs: [kinds.destinationRule],
  analyze(mesh, report) {
    const hosts = new KnownHosts(mesh)
    const pods = new PodLabels(mesh.pods.map((pod) => withTopology(pod, mesh)))
    for (const rule of mesh.all(kinds.destinationRule)) {
      const spec = specOf(rule)
      const known = hosts.find(String(spec.host), rule.namespace, textsOf(spec.exportTo))
      if (!known) {
        const host = String(spec.host)
        if (hosts.wouldKnow(host, rule.namespace))
          report(messageTypes.unknownRuleHost, rule, [host], ['spec', 'host'], hosts.hintFor(host, rule.namespace))
        continue
      }
      if (!mesh.knows(kinds.pod, namespaceOf(known, rule.namespace))) continue
      for (const [i, { name, labels }] of listOf(spec.subsets).entries())
        if (!pods.someAre({ ...known.selector, ...labels })) report(messageTypes.subsetWithoutPods, rule, [String(name)], ['spec', 'subsets', i])
    }
  },
}

/** Where the pods of a host live. */
function namespaceOf({ host }: KnownHost, ruleNamespace: string): string {
  return /^[^.]+\.([^.]+)\.svc\./.exec(host)?.[1] ?? ruleNamespace
}

/** Labels of a pod as an endpoint has them: its node's place in the world joins them. */
function withTopology(pod: Resource, mesh: Inventory): Readonly<Record<string, string>> {
  const nodeName = specOf(pod).nodeName as string | undefined
  const node = nodeName && mesh.find(kinds.node, '', nodeName)
  if (!node) return labelsOf(pod)
  const places = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone', 'topology.istio.io/subzone']
  const known = Object.entries(labelsOf(node)).filter(([name]) => places.includes(name))
  return { ...labelsOf(pod), ...Object.fromEntries(known), 'kubernetes.io/hostname': nodeName }
}

type Labels = Readonly<Record<string, string>>

/** Labels of all pods, found by one of them: a mesh has as many subsets as pods. */
class PodLabels {
  readonly #all: readonly Labels[]
  readonly #byLabel = new Map<string, Labels[]>()

  constructor(all: readonly Labels[]) {
    this.#all = all
    for (const labels of all)
      for (const [key, value] of Object.entries(labels)) {
        const known = this.#byLabel.get(`${key}=${value}`)
        if (known) known.push(labels)
        else this.#byLabel.set(`${key}=${value}`, [labels])
      }
  }

  someAre(selector: Labels): boolean {
    const [first] = Object.entries(selector)
    const candidates = first === undefined ? this.#all : (this.#byLabel.get(first.join('=')) ?? [])
    return candidates.some((labels) => isSelectedBy(labels, selector))
  }
}
