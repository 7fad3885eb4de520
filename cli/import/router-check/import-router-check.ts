import { parseDocument } from '../../../mesh-core/config/yaml/parse.ts'
import type { Resource } from '../../../mesh-core/config/resource.ts'
import { pathWithoutQuery } from '../../../mesh-core/match/path.ts'
import { compileRouteTable } from '../../../mesh-core/match/route-table.ts'
import type { Route } from '../../../mesh-core/ir/index.ts'
import { Destinations } from '../destinations.ts'
import type { ImportedScenario, Omission } from '../feature.ts'
import { virtualServicesOf, type WrittenVirtualService } from '../icv/written.ts'
import { isKubernetes, type SourceFile } from '../sources.ts'
import { featureOf, type ImportedSuite, type ImportFormat, type NamedFeature } from '../suite.ts'
import { type Converted, convertRouteConfiguration } from './convert.ts'
import { clusterNames, lookupExpectations } from './expectations.ts'
import { lookUp, requestOf } from './lookup.ts'
import { readRouterCheckTests, type RouterCheckTest } from './read-tests.ts'

export const routerCheckFormat: ImportFormat = {
  isTest: (text) => /^\s*\{?\s*["']?tests["']?\s*:/m.test(text) && !isKubernetes(text),
  open(configs) {
    const own = configs.filter(({ text }) => !isKubernetes(text) && /virtual_?[hH]osts/.test(text))
    const converted = own.map(({ path, text }) => convertRouteConfiguration(parseDocument(text), path))
    return {
      config: converted.flatMap(({ objects }) => objects.map((object) => `${JSON.stringify(object, null, 2)}\n`)).join('---\n'),
      notes: converted.flatMap(({ notes }) => notes),
      importSuite: (tests, resources) => importSuite(tests, resources, converted),
    }
  },
}

function importSuite(tests: readonly SourceFile[], resources: readonly Resource[], converted: readonly Converted[]): ImportedSuite {
  const all = virtualServicesOf(resources)
  const nameOf = clusterNames(new Destinations(resources))
  let count = 0
  const features = tests.map((file): NamedFeature => {
    const own = readRouterCheckTests(file.text, file.path)
    count += own.length
    const scenarios: ImportedScenario[] = []
    const leftOut: Omission[] = []
    for (const test of own) {
      const reason = inexpressible(test, converted)
      const scenario = reason === null ? scenarioOf(test, all, nameOf, converted) : null
      if (scenario && scenario.then.length > 0) scenarios.push(scenario)
      else leftOut.push({ test: test.test_name, reason: reason ?? (scenario!.omitted.join('; ') || 'it says nothing') })
    }
    return featureOf(file, scenarios, leftOut, [], resources)
  })
  return { features, tests: count }
}

function scenarioOf(
  test: RouterCheckTest,
  all: readonly WrittenVirtualService[],
  nameOf: (cluster: string) => string | null,
  converted: readonly Converted[],
): ImportedScenario {
  const { input } = test
  const { then, omitted } = lookupExpectations(
    test,
    nameOf,
    converted.map(({ config }) => lookUp(config, input).cluster).find((cluster) => cluster !== '') ?? '',
  )
  const host = all.find(({ hosts }) => hosts.includes(input.authority)) ?? all.find(({ hosts }) => hosts.includes('*'))
  return {
    name: test.test_name,
    sender: host && !host.translated.gateways.includes('mesh') ? 'a client' : 'client',
    requests: [{ method: input.method ?? 'GET', url: `http://${input.authority}${input.path}` }],
    headers: (input.additional_request_headers ?? []).map(({ key, value = '' }) => [key, value] as const),
    times: 1,
    then,
    omitted,
  }
}

/** Why a lookup cannot be a request; `null` when it can. */
function inexpressible({ input }: RouterCheckTest, converted: readonly Converted[]): string | null {
  if (input.ssl === true) return 'ssl: the request comes over TLS'
  if (input.internal === true) return 'internal: a request cannot say that it is of the own mesh'
  if (input.runtime) return `runtime: Istio has no runtime fractions`
  if (Number(input.random_value ?? 0) !== 0) return 'random_value: a request cannot choose its share'
  if ((input.dynamic_metadata ?? []).length > 0) return 'dynamic_metadata: a request carries none'
  if (/[\s"]/.test(input.path)) return 'the path has blanks or quotes in it'
  for (const { config, missing } of converted) {
    const route = routeFor(config.table, input)
    const why = route === null ? undefined : missing.get(route)
    if (why !== undefined) return `its route is not converted: ${why}`
  }
  return null
}

function routeFor(table: Converted['config']['table'], input: RouterCheckTest['input']): Route | null {
  const request = requestOf(input)
  const host = compileRouteTable(table, (route) => route).findVirtualHost(request.authority)
  const index = host?.findRoute(request, pathWithoutQuery(request.path)) ?? -1
  return index < 0 ? null : host!.routes[index]!
}
