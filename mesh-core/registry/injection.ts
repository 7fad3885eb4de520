import type { Resource } from '../config/resource.ts'
import type { Labels } from './labels.ts'

const label = 'sidecar.istio.io/inject'

export interface PodMeta {
  readonly namespace: string
  readonly labels: Labels
  readonly annotations: Labels
}

export interface AdmittedPod extends PodMeta {
  /** Of the workload. */
  readonly name: string
  readonly hostNetwork: boolean
}

/** That somebody wrote, by name. */
type Namespaces = ReadonlyMap<string, Pick<Resource, 'object'>>

/** Is a sidecar put into this pod? */
export type Injects = (pod: AdmittedPod, namespaces: Namespaces) => boolean

/**
 * The namespace opts in (`istio-injection=enabled`, or a revision label), and one that nobody wrote has; the pod's own label, or else its annotation,
 * decides against it, and a label also for it. `istio-injection=disabled` of the namespace outweighs the pod. Pods of the host's network are never injected.
 * Source: Istio `pkg/kube/inject/inject.go` injectRequired and the webhook's selectors.
 */
export function isInjected(pod: AdmittedPod, namespaces: Namespaces): boolean {
  if (pod.hostNetwork) return false
  const own = pod.labels[label] ?? pod.annotations[label]
  const namespace = namespaces.get(pod.namespace)?.object.metadata.labels
  const injection = namespace?.['istio-injection']
  if (injection === 'disabled') return false
  if (own !== undefined && isFalse(own)) return false
  if (injection === 'enabled' || namespace?.['istio.io/rev'] !== undefined) return true
  // The webhook's object selector takes a pod that asks for it by label; an annotation alone never reaches the webhook.
  if (pod.labels[label] === 'true') return true
  return !namespaces.has(pod.namespace)
}

function isFalse(value: string): boolean {
  return ['false', 'n', 'no', 'off', '0', 'f'].includes(value.toLowerCase())
}

/** Does this pod run a gateway and not a sidecar? By the injection template, by Istio's own labels, or by the proxy's arguments. */
export function isGatewayPod(pod: PodMeta & { readonly args: readonly string[] }): boolean {
  const templates = pod.annotations['inject.istio.io/templates'] ?? ''
  return templates.split(',').includes('gateway') || /gateway$/.test(pod.labels['istio'] ?? '') || pod.args.includes('router')
}
