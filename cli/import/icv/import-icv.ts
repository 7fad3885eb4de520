import type { Resource } from '../../../mesh-core/config/resource.ts'
import type { HttpRule } from '../../../mesh-core/compile/rules/virtual-service-types.ts'
import { Destinations } from '../destinations.ts'
import type { ImportedScenario, Omission } from '../feature.ts'
import { featureOf, type ImportedSuite, type ImportFormat } from '../suite.ts'
import type { SourceFile } from '../sources.ts'
import { type Expectations, expectationsOf, type Taken } from './expectations.ts'
import { type IcvCase, type IcvRequest, readIcvSuite, requestsOf } from './read-suite.ts'
import { type FoundRule, ruleFor } from './rules.ts'
import { virtualServicesOf, type WrittenVirtualService } from './written.ts'

export const icvFormat: ImportFormat = {
  isTest: (text) => /^\s*\{?\s*["']?testCases["']?\s*:/m.test(text),
  open: () => ({ config: '', notes: [], importSuite: importIcv }),
}

/** Features of a suite of istio-config-validator, one for each file of tests. */
function importIcv(files: readonly SourceFile[], resources: readonly Resource[]): ImportedSuite {
  const all = virtualServicesOf(resources)
  const destinations = new Destinations(resources)
  let tests = 0
  const features = files.map((file) => {
    const cases = readIcvSuite(file.text, file.path)
    tests += cases.length
    const scenarios: ImportedScenario[] = []
    const leftOut: Omission[] = []
    for (const one of cases) {
      const made = scenariosOf(one, all, destinations)
      scenarios.push(...made.filter(({ then }) => then.length > 0))
      for (const { then, omitted } of made)
        if (then.length === 0) leftOut.push({ test: one.description, reason: omitted.join('; ') || 'it says nothing' })
    }
    return featureOf(file, scenarios, leftOut, cases.flatMap(hostsOf), resources)
  })
  return { features, tests }
}

/** Hosts that a test speaks of, whether or not the config does. */
function hostsOf({ route = [] }: Pick<HttpRule, 'route'>): string[] {
  return route.map(({ destination }) => destination?.host ?? '')
}

/** A scenario for each group of requests of which the same is said. */
function scenariosOf(one: IcvCase, all: readonly WrittenVirtualService[], destinations: Destinations): ImportedScenario[] {
  const groups = new Map<string, { requests: IcvRequest[]; expectations: Expectations; sender: string }>()
  for (const request of requestsOf(one)) {
    const host = all.find(({ hosts }) => hosts.includes(request.authority))
    const sender = host && !host.translated.gateways.includes('mesh') ? 'a client' : 'client'
    const expectations = expectationsOf(one, request, takenBy(one, request, all, host), destinations)
    const key = JSON.stringify([sender, expectations])
    const group = groups.get(key)
    if (group) group.requests.push(request)
    else groups.set(key, { requests: [request], expectations, sender })
  }
  const several = groups.size > 1
  return [...groups.values()].map(({ requests, expectations: { then, times, omitted }, sender }) => ({
    name: several ? `${one.description} (${[...new Set(requests.map(({ uri }) => uri))].join(', ')})` : one.description,
    sender,
    requests: requests.map(({ method, authority, uri }) => ({ method, url: `http://${authority}${uri}` })),
    headers: Object.entries(one.request.headers ?? {}).map(([name, value]) => [name, String(value)] as const),
    times,
    then,
    omitted,
  }))
}

function takenBy(one: IcvCase, request: IcvRequest, all: readonly WrittenVirtualService[], host: WrittenVirtualService | undefined): Taken {
  let owner = host
  let found: FoundRule | null = ruleFor(request, all, true)
  const delegate = found?.written.delegate
  if (delegate && one.route) {
    owner = all.find(({ translated }) => translated.name === delegate.name && (!delegate.namespace || translated.namespace === delegate.namespace))
    found = owner ? ruleFor(request, [owner], false) : null
  }
  return { namespace: (owner ?? host)?.translated.namespace ?? 'default', path: found?.match.path ?? null }
}
