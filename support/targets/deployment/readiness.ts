import type { Resource } from '../../../mesh-core/config/resource.ts'
import { notReady, scaledFrom } from '../../../mesh-core/registry/workloads.ts'

interface DeploymentSpec {
  readonly replicas?: number
  readonly template: { readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> } }
}

/** The Deployment with some of its pods not ready: there is no kubelet here to find that out. */
export function withPodsNotReady(deployment: Resource, pods: readonly string[]): Resource {
  const spec = deployment.object['spec'] as DeploymentSpec
  const annotations = { ...spec.template.metadata?.annotations, [notReady]: pods.join(',') }
  return withSpec(deployment, { ...spec, template: { ...spec.template, metadata: { ...spec.template.metadata, annotations } } })
}

/** The Deployment with more or fewer pods; those that stay are the same. */
export function withReplicas(deployment: Resource, replicas: number): Resource {
  const spec = deployment.object['spec'] as DeploymentSpec
  const { metadata } = deployment.object
  const annotations = { [scaledFrom]: String(spec.replicas ?? 1), ...metadata.annotations }
  return withSpec({ ...deployment, object: { ...deployment.object, metadata: { ...metadata, annotations } } }, { ...spec, replicas })
}

function withSpec(deployment: Resource, spec: DeploymentSpec): Resource {
  return { ...deployment, object: { ...deployment.object, spec } }
}
