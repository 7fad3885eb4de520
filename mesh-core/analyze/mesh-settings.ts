import type { Fields, Inventory } from './inventory.ts'
import { kinds } from './inventory.ts'

/** The fields of the mesh's MeshConfig; the last one that was given counts. */
export function meshSettings(mesh: Inventory): Fields {
  return mesh.all(kinds.meshConfig).at(-1)?.object ?? {}
}

export function rootNamespaceOf(mesh: Inventory): string {
  return meshSettings(mesh).rootNamespace || 'istio-system'
}
