import type { Resource } from '../../../mesh-core/config/resource.ts'

/** What the registry reads as "not ready" on a pod; there is no kubelet here to find it out. */
const notReady = { 'meshspec.dev/ready': 'false' }

/** The Deployment with pods that are not ready. */
export function withPodsNotReady(deployment: Resource): Resource {
  const spec = deployment.object['spec'] as { readonly template: { readonly metadata: { readonly annotations?: object } } }
  const metadata = { ...spec.template.metadata, annotations: { ...spec.template.metadata.annotations, ...notReady } }
  return { ...deployment, object: { ...deployment.object, spec: { ...spec, template: { ...spec.template, metadata } } } }
}
