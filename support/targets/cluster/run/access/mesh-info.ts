import type { KubeObjects } from '../../kube/objects.ts'

/** What is installed. */
export interface MeshInfo {
  /** `1.28.0`; `null` where nobody says. */
  readonly version: string | null
  /** `default`, `canary` … of the control plane; `null` where none was found. */
  readonly revision: string | null
  /** Namespace of the control plane. */
  readonly namespace: string
  /** Its Deployment; `null` where none was found. */
  readonly deployment: string | null
}

export interface ControlPlaneDeployment {
  readonly metadata: { readonly namespace: string; readonly name: string; readonly labels?: Readonly<Record<string, string>> }
  readonly status?: { readonly readyReplicas?: number }
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } } }
}

/** Reads which Istio is there from the Deployment of istiod, as `istioctl version` tells it by its image. Source: chart `istio-control/istio-discovery`. */
export async function readMeshInfo(objects: KubeObjects, wantedRevision: string | null): Promise<MeshInfo> {
  const found = await listControlPlanes(objects).catch(() => [])
  const chosen = found.find(({ metadata }) => wantedRevision === null || revisionOf(metadata.labels) === wantedRevision) ?? null
  if (chosen === null) return { version: null, revision: wantedRevision, namespace: 'istio-system', deployment: null }
  const { labels, namespace, name } = chosen.metadata
  return {
    version: versionOf(labels, chosen.spec.template.spec.containers[0]?.image ?? ''),
    revision: revisionOf(labels),
    namespace,
    deployment: name,
  }
}

export function listControlPlanes(objects: Pick<KubeObjects, 'list'>): Promise<readonly ControlPlaneDeployment[]> {
  return objects.list<ControlPlaneDeployment>('apps/v1', 'Deployment', '', 'labelSelector=app%3Distiod')
}

function revisionOf(labels: Readonly<Record<string, string>> | undefined): string {
  return labels?.['istio.io/rev'] || 'default'
}

function versionOf(labels: Readonly<Record<string, string>> | undefined, image: string): string | null {
  return labels?.['app.kubernetes.io/version'] ?? /:(\d[\w.-]*)$/.exec(image)?.[1] ?? /:([\w.-]+)$/.exec(image)?.[1] ?? null
}

/** By which label sidecars are injected in a namespace. */
export function injectionLabel({ revision }: MeshInfo): Readonly<Record<string, string>> {
  return revision === null || revision === 'default' ? { 'istio-injection': 'enabled' } : { 'istio.io/rev': revision }
}
