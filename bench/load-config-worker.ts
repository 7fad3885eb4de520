import { createMesh, readPaths } from '../mesh-core/index.ts'
import { baseResources } from '../support/targets/deployment/base.ts'
import { clientResources } from './client.ts'
import { largeMesh } from './large-config.ts'

const { resources, errors } = readPaths(process.argv.slice(2))
if (errors.length > 0) throw errors[0]!
const mesh = createMesh()
mesh.apply([...baseResources(), ...clientResources(), ...resources])
const client = mesh.registry.workloads.find(({ ref }) => ref.name === 'client')!
const hosts = mesh.proxyConfig(client.ref)?.routeTables['80']?.virtualHosts ?? []
if (hosts.length < largeMesh.hosts) throw new Error(`${hosts.length} hosts of ${resources.length} resources`)
