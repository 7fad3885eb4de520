import { createMesh, type Mesh, readPaths } from '../mesh-core/index.ts'
import { createEcho } from '../samples/echo/echo.ts'
import { programFor } from '../samples/resolve-program.ts'
import { baseResources } from '../support/targets/deployment/base.ts'

const networking = ['bookinfo-gateway', 'destination-rule-all', 'virtual-service-all-v1', 'virtual-service-reviews-test-v2']

/** Bookinfo behind its gateway: jason gets reviews v2, with stars, and everyone else v1. */
export function bookinfoMesh(): Mesh {
  const mesh = createMesh({ program: (pod) => (pod === null ? createEcho('outside') : programFor(pod)) })
  const files = ['platform/kube/bookinfo', ...networking.map((name) => `networking/${name}`)]
  const { resources, errors } = readPaths(files.map((file) => `samples/bookinfo/${file}.yaml`))
  if (errors.length > 0) throw errors[0]!
  mesh.apply([...baseResources(), ...resources])
  return mesh
}
