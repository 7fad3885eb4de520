import type { Resource } from '../config/resource.ts'
import type { Fields, Inventory } from './inventory.ts'
import { annotationsOf, kinds, labelsOf, listOf, specOf } from './inventory.ts'

const injectLabel = 'sidecar.istio.io/inject'
export const proxyContainer = 'istio-proxy'

/** A pod has a sidecar, or will have one. Source: Istio `analyzers/util/in_mesh.go`. */
export function isPodInMesh(pod: Resource, mesh: Inventory): boolean {
  const spec = specOf(pod)
  return isInMesh(labelsOf(pod), annotationsOf(pod), [...listOf(spec.containers), ...listOf(spec.initContainers)], pod.namespace, mesh)
}

export function isDeploymentInMesh(deployment: Resource, mesh: Inventory): boolean {
  const { metadata, spec } = templateOf(deployment)
  return isInMesh(metadata?.labels ?? {}, metadata?.annotations ?? {}, listOf(spec?.containers), deployment.namespace, mesh)
}

export function templateOf(deployment: Resource): Fields {
  return specOf(deployment).template ?? {}
}

function isInMesh(labels: Fields, annotations: Fields, containers: readonly Fields[], namespace: string, mesh: Inventory): boolean {
  if (containers.find(({ name }) => name === proxyContainer)?.image) return true
  for (const wish of [labels, annotations]) if (Object.hasOwn(wish, injectLabel)) return wish[injectLabel] === 'true'
  const owner = mesh.find(kinds.namespace, '', namespace)
  return owner !== undefined && labelsOf(owner)['istio-injection'] === 'enabled'
}

/** Part of Istio itself. Source: Istio `analyzers/util/config.go` IsIstioControlPlane. */
export function isControlPlane(resource: Resource): boolean {
  const labels = labelsOf(resource)
  return Object.hasOwn(labels, 'istio') || labels.release === 'istio'
}

/** Its traffic goes through ztunnel. Source: Istio `analyzers/util/in_mesh.go` PodInAmbientMode. */
export function isPodAmbient(pod: Resource): boolean {
  return annotationsOf(pod)['ambient.istio.io/redirection'] === 'enabled'
}
