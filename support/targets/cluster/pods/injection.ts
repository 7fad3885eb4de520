import type { KubeObject, Resource } from '../../../../mesh-core/config/resource.ts'
import { isInjected } from '../../../../mesh-core/registry/injection.ts'
import type { AdmittedPod } from '../../../../mesh-core/registry/injection.ts'
import { clusterError } from '../kube/cluster-error.ts'
import { namespaceObject } from '../run/access/own-namespace.ts'
import { proxy } from './pod.ts'
import type { Pod } from './pod.ts'

interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>>; readonly annotations?: Readonly<Record<string, string>> }
  readonly spec: { readonly hostNetwork?: boolean }
}

type Labels = Readonly<Record<string, string>>

/** Which pods of a scenario get sidecars, by what it says of their namespaces. Namespaces of the run ask for them, whatever a scenario says. */
export class Injection {
  readonly #labels = new Map<string, Labels>()

  /** As Kubernetes has it: what is written takes the place of what was. @returns the namespaces that are written */
  take(resources: readonly Resource[]): readonly string[] {
    const written = resources.filter(({ kind }) => kind === 'Namespace')
    for (const { name, object } of written) this.#labels.set(name, object.metadata.labels ?? {})
    return written.map(({ name }) => name)
  }

  say(namespace: string, injected: boolean): void {
    this.#labels.set(namespace, { ...this.#labels.get(namespace), 'istio-injection': injected ? 'enabled' : 'disabled' })
  }

  /** @param workload with a template of pods */
  of({ name, namespace, object }: Resource): boolean {
    const said = [...this.#labels].map(([own, labels]) => [own, { object: namespaceObject(own, labels) }] as const)
    return isInjected(admitted((object['spec'] as { readonly template: Template }).template, { name, namespace }), new Map(said))
  }
}

function admitted(
  { metadata: { labels = {}, annotations = {} } = {}, spec }: Template,
  { name, namespace }: Pick<AdmittedPod, 'name' | 'namespace'>,
): AdmittedPod {
  return { name, namespace, labels, annotations, hostNetwork: spec.hostNetwork === true }
}

/** In a namespace that asks for sidecars. A pod that names a control plane of its own is for that one to make. */
function isToBeInjected(template: Template, pod: Pod): boolean {
  return template.metadata?.labels?.['istio.io/rev'] === undefined && isInjected(admitted(template, pod), new Map())
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
