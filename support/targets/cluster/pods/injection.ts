import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import { isInjected } from '../../../../mesh-core/registry/injection.ts'
import { clusterError } from '../kube/cluster-error.ts'
import { proxy } from './pod.ts'
import type { Pod } from './pod.ts'

interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>>; readonly annotations?: Readonly<Record<string, string>> }
  readonly spec: { readonly hostNetwork?: boolean }
}

/** In a namespace that asks for sidecars. A pod that names a control plane of its own is for that one to make. */
function isToBeInjected({ metadata: { labels = {}, annotations = {} } = {}, spec }: Template, { name, namespace }: Pod): boolean {
  if (labels['istio.io/rev'] !== undefined) return false
  return isInjected({ name, namespace, labels, annotations, hostNetwork: spec.hostNetwork === true }, new Map())
}

/**
 * Pods without a sidecar show Kubernetes, and not the mesh: what they answer says nothing about it.
 * @param pods of the workload, which are ready
 * @throws MeshSpecError CLUSTER_FAILED
 */
export function assertInjected(workload: KubeObject, pods: readonly Pod[]): void {
  const bare = pods.find(({ sidecar, container }) => !sidecar && container !== proxy)
  if (bare === undefined || !isToBeInjected((workload['spec'] as { readonly template: Template }).template, bare)) return
  throw clusterError(
    'CLUSTER_FAILED',
    `pod ${bare.name} has no sidecar, and the scenario does not say that it is to have none: nobody injects in namespace ${bare.namespace}`,
    'is there a control plane, of the revision that --revision names? A namespace that --namespaces names needs its label (istio-injection=enabled, or istio.io/rev)',
  )
}
