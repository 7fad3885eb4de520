import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import { createMesh, Headers, type HttpRequest, readPaths } from '../mesh-core/index.ts'
import { compileRouteTable } from '../mesh-core/match/route-table.ts'
import { baseResources } from '../support/targets/deployment/base.ts'
import { clientResources } from './client.ts'

interface TestCase {
  readonly description: string
  readonly request: {
    readonly authority: readonly string[]
    readonly method: readonly string[]
    readonly uri: readonly string[]
    readonly headers?: Readonly<Record<string, string>>
  }
  readonly route: readonly { readonly destination: { readonly host: string; readonly port: { readonly number: number } } }[]
}

/** Reads the config and the test cases, makes every request of them, and compares where it goes. */
const [config, tests] = process.argv.slice(2)
const { resources, errors } = readPaths([config!])
if (errors.length > 0) throw errors[0]!
const mesh = createMesh()
mesh.apply([...baseResources(), ...clientResources(), ...resources])
const client = mesh.registry.workloads.find(({ ref }) => ref.name === 'client')!
const table = compileRouteTable(mesh.proxyConfig(client.ref)!.routeTables['80']!, (route) => route)

let checked = 0
for (const { description, request, route } of (load(readFileSync(tests!, 'utf8')) as { testCases: readonly TestCase[] }).testCases)
  for (const one of requestsOf(request)) {
    const { host, port } = route[0]!.destination
    const wanted = `outbound|${port.number}||${host}`
    if (clusterOf(one) !== wanted)
      throw new Error(`${description}: ${one.method} ${one.authority}${one.path} goes to ${clusterOf(one)}, wanted ${wanted}`)
    checked++
  }
if (checked !== 40_000) throw new Error(`${checked} checks`)

function* requestsOf({ authority, method, uri, headers = {} }: TestCase['request']): Generator<HttpRequest> {
  for (const host of authority)
    for (const verb of method)
      for (const path of uri) yield { method: verb, scheme: 'http', authority: host, path, headers: Headers.of(headers), body: '' }
}

function clusterOf(request: HttpRequest): string {
  const host = table.findVirtualHost(request.authority)
  const action = host?.routes[host.findRoute(request, request.path)]?.action
  return action?.kind === 'forward' ? action.clusters[0]!.cluster : 'nowhere'
}
