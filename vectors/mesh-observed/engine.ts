import { ConfigRejected } from '../../mesh-core/config/errors.ts'
import { readText } from '../../mesh-core/config/read.ts'
import type { Mesh, MeshOptions } from '../../mesh-core/mesh.ts'
import type { Engine } from './played-mesh.ts'

interface MeshCore {
  createMesh?(options: MeshOptions): Mesh
}

/** mesh-core, as its users get it. */
export async function meshCore(): Promise<Engine> {
  const entry = '../../mesh-core/index.ts'
  const { createMesh } = (await import(entry)) as MeshCore
  if (!createMesh) throw new Error('mesh-core exports no createMesh')
  return {
    read,
    meshConfig: (fields) =>
      Object.keys(fields).length === 0
        ? []
        : read(JSON.stringify({ apiVersion: 'mesh.istio.io/v1alpha1', kind: 'MeshConfig', ...fields }), 'mesh-config.json'),
    open: createMesh,
  }
}

const read: Engine['read'] = (text, file) => {
  const { resources, errors } = readText(text, file)
  if (errors.length > 0) throw new ConfigRejected(errors)
  return resources
}
