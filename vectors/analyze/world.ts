import { Inventory } from '../../mesh-core/analyze/inventory.ts'
import { readText } from '../../mesh-core/config/read.ts'
import type { Resource } from '../../mesh-core/config/resource.ts'
import type { AnalyzeVector } from './vector.ts'

/** The resources of a vector. @param implicit what istioctl puts beside what it is given: the ingress gateway */
export function inventoryOf(vector: AnalyzeVector, implicit: string): Inventory {
  const clusters = new Map<Resource, string>()
  const resources: Resource[] = []
  const add = (text: string, file: string, cluster = ''): void => {
    for (const resource of readText(text, `${vector.name}/${cluster}/${file}`).resources.map(inOwnNamespace)) {
      resources.push(resource)
      if (cluster !== '') clusters.set(resource, cluster)
    }
  }
  for (const { file, yaml } of vector.inputFiles ?? []) add(yaml, file)
  for (const { name, inputFiles } of vector.clusters ?? []) for (const { file, yaml } of inputFiles) add(yaml, file, name)
  if (!/ingressControllerMode: "?OFF/.test(vector.meshConfig ?? '')) add(implicit, 'implicit')
  if (vector.meshConfig) add(`apiVersion: mesh.istio.io/v1alpha1\nkind: MeshConfig\n${vector.meshConfig}`, 'meshconfig')
  if (vector.meshNetworks) add(`${networksHead}${vector.meshNetworks}`, 'meshnetworks')
  return new Inventory(resources, { clusters, nowMs: Date.now() })
}

const networksHead = 'apiVersion: mesh.istio.io/v1alpha1\nkind: MeshNetworks\nmetadata: {name: meshnetworks, namespace: istio-system}\n'

/** There is no default namespace in these tests. */
function inOwnNamespace(resource: Resource): Resource {
  return { ...resource, namespace: resource.object.metadata?.namespace ?? '' }
}
