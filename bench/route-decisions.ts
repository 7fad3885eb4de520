import { createMesh, Headers, type HttpRequest, type Mesh, type RouteTable, readText } from '../mesh-core/index.ts'
import { type CompiledRouteTable, compileRouteTable } from '../mesh-core/match/route-table.ts'
import { baseResources } from '../support/targets/deployment/base.ts'
import type { Benchmark, Figure } from './benchmark.ts'
import { bookinfoMesh } from './bookinfo-mesh.ts'
import { clientResources } from './client.ts'
import { hostName, largeMesh, virtualService } from './large-config.ts'
import { rateOf } from './rate.ts'

/** The choice of the virtual host and of the route, as the data plane makes it for each request. */
export const routeDecisions: Benchmark = {
  name: 'route-decisions',
  about: 'routing decisions a second on one thread: Bookinfo, beside 10 and 10,000 hosts of 10 routes each',
  async run(): Promise<readonly Figure[]> {
    const bookinfo = await decisionsPerSecond(tableOf(bookinfoMesh(), 'productpage-v1', '9080'), bookinfoRequests())
    const few = await decisionsPerSecond(tableOf(meshOf(10), 'client', '80'), requestsTo(10))
    const large = await decisionsPerSecond(tableOf(meshOf(largeMesh.hosts), 'client', '80'), requestsTo(largeMesh.hosts))
    return [
      { what: 'Bookinfo', value: bookinfo, unit: 'decisions/s', goal: { atLeast: 1_000_000 } },
      { what: '10 hosts of 10 routes', value: few, unit: 'decisions/s' },
      { what: '10,000 hosts of 10 routes', value: large, unit: 'decisions/s', goal: { atLeast: 500_000 } },
      { what: '10,000 hosts ÷ 10 hosts: what the memory takes, since the search is flat', value: large / few, unit: '×' },
    ]
  },
}

interface Requests {
  readonly count: number
  at(index: number): HttpRequest
}

function decisionsPerSecond(table: CompiledRouteTable<string>, requests: Requests): Promise<number> {
  return rateOf((units) => {
    for (let i = 0; i < units; i++) {
      const request = requests.at(i % requests.count)
      const host = table.findVirtualHost(request.authority)
      const query = request.path.indexOf('?')
      const found = host?.findRoute(request, query < 0 ? request.path : request.path.slice(0, query)) ?? -1
      if (found < 0) throw new Error(`no route for ${request.authority}${request.path}`)
    }
  })
}

function tableOf(mesh: Mesh, workload: string, name: string): CompiledRouteTable<string> {
  const { ref } = mesh.registry.workloads.find((one) => one.ref.name === workload)!
  const table: RouteTable | undefined = mesh.proxyConfig(ref)?.routeTables[name]
  if (!table) throw new Error(`${workload} has no route table ${name}`)
  return compileRouteTable(table, (route) => route.name)
}

function bookinfoRequests(): Requests {
  const hosts = ['reviews', 'ratings', 'details', 'reviews.default.svc.cluster.local']
  const all = hosts.flatMap((host) =>
    ['jason', 'anna', null].map((user) =>
      request(`${host}:9080`, `/${host}/0?u=1`, ['x-request-id', '1', 'user-agent', 'x', ...(user ? ['end-user', user] : [])]),
    ),
  )
  return { count: all.length, at: (i) => all[i]! }
}

function meshOf(hosts: number): Mesh {
  const mesh = createMesh()
  const services = Array.from({ length: hosts }, (_, i) => readText(virtualService(i), `${i}.yaml`).resources).flat()
  mesh.apply([...baseResources(), ...clientResources(), ...services])
  return mesh
}

/** Over all hosts in no order of the memory, and over all of their routes. A request that was just read is in the cache, so few objects play all of them. */
function requestsTo(count: number): Requests {
  const kinds = Array.from({ length: largeMesh.routesPerHost }, (_, route) =>
    request('', `/api/v${route}/items?page=2`, ['user-agent', 'x', 'x-tenant', `tenant-${route}`]),
  )
  const hosts = Array.from({ length: count }, (_, i) => hostName((i * 7919) % count))
  return { count, at: (i) => Object.assign(kinds[i % kinds.length]!, { authority: hosts[i]! }) }
}

function request(authority: string, path: string, headers: string[]): HttpRequest {
  return { method: 'GET', scheme: 'http', authority, path, headers: new Headers(headers), body: '' }
}
