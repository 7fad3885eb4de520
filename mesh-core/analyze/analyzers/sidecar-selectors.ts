import type { Resource } from '../../config/resource.ts'
import type { Analyzer } from '../analyzer.ts'
import { isPodAmbient } from '../in-mesh.ts'
import type { Inventory } from '../inventory.ts'
import { kinds, labelsOf, specOf } from '../inventory.ts'
import type { Report } from '../message.ts'
import { messageTypes } from '../message-types.ts'
import { isSelectedBy, selectorText } from '../selectors.ts'
import { selectedTogether, withoutSelector } from './selecting.ts'

const namePath = ['metadata', 'name']

/** Sidecars that select nobody, the same pod as others, or proxies that are not there. Source: Istio `analyzers/sidecar/selector.go`. */
export const sidecarSelectors: Analyzer = {
  name: 'sidecar.SelectorAnalyzer',
  inputs: [kinds.sidecar],
  analyze(mesh, report) {
    checkSelected(mesh, report)
    checkDefaults(mesh, report)
  },
}

function labels(sidecar: Resource): Readonly<Record<string, string>> {
  return specOf(sidecar).workloadSelector?.labels ?? {}
}

function checkSelected(mesh: Inventory, report: Report): void {
  const sidecars = mesh.all(kinds.sidecar).filter((one) => Object.keys(labels(one)).length > 0)
  for (const sidecar of sidecars)
    if (
      mesh.knows(kinds.pod, sidecar.namespace) &&
      !mesh.pods.some((pod) => pod.namespace === sidecar.namespace && isSelectedBy(labelsOf(pod), labels(sidecar)))
    )
      report(messageTypes.notFound, sidecar, ['selector', selectorText(labels(sidecar))], ['spec', 'workloadSelector', 'labels'])
  const told = new Set<Resource>()
  for (const { pod, selecting } of selectedTogether(mesh, sidecars, labels)) {
    if (isPodAmbient(pod)) {
      for (const sidecar of selecting) if (!told.has(sidecar)) report(messageTypes.ineffectivePolicy, sidecar, ['the workload is in ambient mode'])
      for (const sidecar of selecting) told.add(sidecar)
    } else if (selecting.length > 1)
      for (const sidecar of selecting)
        report(messageTypes.conflictingSidecars, sidecar, [selecting.map(({ name }) => name), sidecar.namespace, pod.name], namePath)
  }
}

function checkDefaults(mesh: Inventory, report: Report): void {
  for (const [namespace, sidecars] of withoutSelector(mesh.all(kinds.sidecar), (one) => Object.keys(labels(one)).length === 0)) {
    const owner = mesh.find(kinds.namespace, '', namespace)
    if (owner && isAmbient(owner)) for (const one of sidecars) report(messageTypes.ineffectivePolicy, one, ['the namespace is in ambient mode'])
    else if (sidecars.length > 1)
      for (const one of sidecars) report(messageTypes.severalDefaultSidecars, one, [sidecars.map(({ name }) => name), namespace])
  }
}

/** Labels for sidecars win. Source: Istio `analyzers/util/in_mesh.go` NamespaceInAmbientMode. */
function isAmbient(namespace: Resource): boolean {
  const own = labelsOf(namespace)
  return own['istio.io/dataplane-mode'] === 'ambient' && own['istio-injection'] !== 'enabled' && !own['istio.io/rev']
}
