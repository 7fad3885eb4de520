import { createMesh, readPaths } from '../mesh-core/index.ts'
import { baseResources } from '../support/targets/core/base.ts'
import { largeMesh } from './large-config.ts'

const { resources, errors } = readPaths(process.argv.slice(2))
if (errors.length > 0) throw errors[0]!
const mesh = createMesh()
mesh.apply([...baseResources(), ...resources])
const gateway = mesh.registry.workloads[0]!
// A gateway takes no rules of the mesh: the sidecar of any workload has them all.
const config = mesh.proxyConfig(gateway.ref)
if (!config || resources.length !== largeMesh.hosts) throw new Error(`${resources.length} resources`)
