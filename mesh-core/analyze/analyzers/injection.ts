import type { Resource } from '../../config/resource.ts'
import type { Analyzer } from '../analyzer.ts'
import { proxyContainer } from '../in-mesh.ts'
import type { Inventory } from '../inventory.ts'
import { annotationsOf, fullName, kinds, labelsOf, listOf, specOf } from '../inventory.ts'
import type { Report } from '../message.ts'
import { messageTypes } from '../message-types.ts'

const injectionLabels = ['istio-injection', 'istio.io/rev', 'istio.io/dataplane-mode']
const injectKey = 'sidecar.istio.io/inject'
const namePath = ['metadata', 'name']

/** Namespaces and pods that are not injected, though somebody may think so. Source: Istio `analyzers/injection/injection.go`. */
export const injection: Analyzer = {
  name: 'injection.Analyzer',
  inputs: [kinds.namespace],
  analyze(mesh, report) {
    const injected = new Set(
      mesh
        .all(kinds.namespace)
        .filter((one) => isInjected(one, mesh, report))
        .map(({ name }) => name),
    )
    for (const pod of mesh.all(kinds.pod))
      if (injected.has(pod.namespace) && lacksProxy(pod)) report(messageTypes.podMissingProxy, pod, [fullName(pod)])
  },
}

function isInjected(namespace: Resource, mesh: Inventory, report: Report): boolean {
  const { name } = namespace
  if (name === 'istio-system') return false
  const labels = labelsOf(namespace)
  const wishes = injectionLabels.filter((key) => Object.hasOwn(labels, key))
  // With injection disabled the other labels have no say.
  if (wishes.length > 1 && (labels['istio-injection'] ?? 'enabled') === 'enabled')
    report(messageTypes.severalInjectionLabels, namespace, [name, wishes])
  if (labels['istio.io/dataplane-mode'] === 'ambient') return false
  if (labels['istio-injection']) return labels['istio-injection'] === 'enabled'
  // Whether there is a control plane of that revision is not known: of pods there istioctl says nothing.
  if (Object.hasOwn(labels, 'istio.io/rev')) return false
  if (isByDefault(mesh)) report(messageTypes.injectedByDefault, namespace, [])
  else report(messageTypes.namespaceNotInjected, namespace, [name], namePath)
  return false
}

/** `sidecarInjectorWebhook.enableNamespacesByDefault` of the injector's own settings. */
function isByDefault(mesh: Inventory): boolean {
  const settings = injectorSettings(mesh.all(kinds.configMap).find(({ name }) => name === injectorName('')))
  return settings?.sidecarInjectorWebhook?.enableNamespacesByDefault === true
}

/** @returns the name of the ConfigMap of a revision's injector */
export function injectorName(revision: string): string {
  return revision === '' || revision === 'default' ? 'istio-sidecar-injector' : `istio-sidecar-injector-${revision}`
}

/** The values that an injector's ConfigMap holds as JSON; `null` for one that holds none. */
export function injectorSettings(configMap: Resource | undefined): any {
  try {
    return JSON.parse(configMap?.object.data?.values ?? 'null')
  } catch {
    return null
  }
}

function lacksProxy(pod: Resource): boolean {
  const wish = labelsOf(pod)[injectKey] ?? annotationsOf(pod)[injectKey] ?? ''
  const { hostNetwork, containers, initContainers } = specOf(pod)
  if (wish.toLowerCase() === 'false' || hostNetwork) return false
  return ![...listOf(containers), ...listOf(initContainers)].some(({ name, image }) => name === proxyContainer && image)
}
