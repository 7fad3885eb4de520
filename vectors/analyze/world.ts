import type { ClusterResources } from '../../mesh-core/analyze/clusters.ts'
import { Inventory } from '../../mesh-core/analyze/inventory.ts'
import { readText } from '../../mesh-core/config/read.ts'
import type { Resource } from '../../mesh-core/config/resource.ts'
import type { AnalyzeVector } from './vector.ts'

/** The resources of a vector. @param implicit what istioctl puts beside what it is given: the ingress gateway */
export function inventoryOf(vector: AnalyzeVector, implicit: string): Inventory {
  const read = (text: string, file: string): readonly Resource[] => resourcesIn(text, `${vector.name}/${file}`)
  const resources = (vector.inputFiles ?? []).flatMap(({ file, yaml }) => read(yaml, file))
  if (!/ingressControllerMode: "?OFF/.test(vector.meshConfig ?? '')) resources.push(...read(implicit, 'implicit'))
  if (vector.meshConfig) resources.push(...read(`apiVersion: mesh.istio.io/v1alpha1\nkind: MeshConfig\n${vector.meshConfig}`, 'meshconfig'))
  if (vector.meshNetworks) resources.push(...read(`${networksHead}${vector.meshNetworks}`, 'meshnetworks'))
  return new Inventory(resources, { nowMs: Date.now() })
}

export function clustersOf({ name, clusters = [] }: AnalyzeVector): readonly ClusterResources[] {
  return clusters.map((cluster) => ({
    name: cluster.name,
    resources: cluster.inputFiles.flatMap(({ file, yaml }) => resourcesIn(yaml, `${name}/${cluster.name}/${file}`)),
  }))
}

function resourcesIn(text: string, file: string): readonly Resource[] {
  return readText(text, file).resources.map(inOwnNamespace)
}

const networksHead = 'apiVersion: mesh.istio.io/v1alpha1\nkind: MeshNetworks\nmetadata: {name: meshnetworks, namespace: istio-system}\n'

/** There is no default namespace in these tests. */
function inOwnNamespace(resource: Resource): Resource {
  return { ...resource, namespace: resource.object.metadata?.namespace ?? '' }
}
