import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { runLabel } from '../restore/restore.ts'

type Labels = Readonly<Record<string, string>>

interface Selecting {
  /** Labels of a Gateway; of policies they stand in `matchLabels`. */
  readonly selector?: Readonly<Record<string, unknown>> & { readonly matchLabels?: Labels }
  readonly workloadSelector?: { readonly labels?: Labels }
}

/** A policy for the ingress gateway alone acts on that alone, wherever the gateway is. */
export function isForIngress({ spec }: KubeObject): boolean {
  const { selector, workloadSelector } = (spec ?? {}) as Selecting
  const labels = selector?.matchLabels ?? workloadSelector?.labels
  return labels?.['istio'] === 'ingressgateway'
}

/**
 * The object, about the run's ingress gateway in the place of the cluster's own, and about other gateways of the run alone: Istio finds them by labels in
 * all namespaces.
 * @param label of the run's ingress gateway
 */
export function readdress(object: KubeObject, label: string, run: string): KubeObject {
  const { spec } = object as unknown as { readonly spec?: Selecting }
  if (!spec) return object
  const { selector, workloadSelector } = spec
  const own = (labels: Labels | undefined): Labels | undefined => (labels?.['istio'] === 'ingressgateway' ? { ...labels, istio: label } : labels)
  if (object.kind === 'Gateway' && object.apiVersion.startsWith('networking.istio.io/')) {
    const isOfIngress = selector?.['istio'] === 'ingressgateway'
    const narrowed = isOfIngress ? own(selector as Labels) : { ...selector, [runLabel]: run }
    return { ...object, spec: { ...spec, selector: narrowed } }
  }
  if (selector?.matchLabels) return { ...object, spec: { ...spec, selector: { ...selector, matchLabels: own(selector.matchLabels) } } }
  if (workloadSelector?.labels)
    return { ...object, spec: { ...spec, workloadSelector: { ...workloadSelector, labels: own(workloadSelector.labels) } } }
  return object
}
