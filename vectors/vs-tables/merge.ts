import { isDeepStrictEqual } from 'node:util'
import { parseDocument } from '../../mesh-core/config/yaml/parse.ts'
import { catchAllLast } from '../../mesh-core/compile/gateway/gateway-virtual-hosts.ts'
import { hasConflict, mergeDelegates, mergeMatches } from '../../mesh-core/compile/rules/delegates.ts'
import { resolveGateway } from '../../mesh-core/compile/names.ts'
import { at, builtIn } from '../../mesh-core/compile/origin.ts'
import type { Rule, VirtualService } from '../../mesh-core/compile/rules/virtual-service.ts'
import type { HttpMatch, HttpRule } from '../../mesh-core/compile/rules/virtual-service-types.ts'
import { readRouteConfiguration } from '../../mesh-core/envoy/route-configuration.ts'
import type { Difference } from '../difference.ts'
import type { BuildVector, VsTableVector } from './vector.ts'

const origin = builtIn('vector')

/** Runs a row whose result is one value. */
export function runMerge(vector: Exclude<VsTableVector, BuildVector>): Difference[] {
  const [wanted, seen] = values(vector)
  return isDeepStrictEqual(wanted, seen) ? [] : [{ call: null, field: vector.type, wanted, seen }]
}

function values(vector: Exclude<VsTableVector, BuildVector>): [wanted: unknown, seen: unknown] {
  switch (vector.type) {
    case 'resolveGatewayName':
      return [vector.expected, resolveGateway(vector.gateway, vector.namespace)]
    case 'hasConflict':
      return [vector.expected, hasConflict(read<HttpMatch>(vector.root) ?? {}, read<HttpMatch>(vector.leaf) ?? {})]
    case 'mergeHTTPMatchRequests': {
      const merged = mergeMatches(ruleOf({ match: read(vector.root) ?? [] }), ruleOf({ match: read(vector.delegate) ?? [] }))
      return [read(vector.expected), merged && merged.matches.length > 0 ? merged.matches : null]
    }
    case 'mergeHTTPRoutes':
      return [read(vector.expected) ?? [], mergedRules(read<HttpRule>(vector.root) ?? {}, read<HttpRule[]>(vector.delegate) ?? [])]
    case 'sortVHostRoutes':
      return [read(vector.expected), sorted(read<object[]>(vector.in) ?? [])]
  }
}

function read<T>(yaml: string): T | null {
  return parseDocument(yaml.replace(/^\.\.\.$/m, '')) as T | null
}

/** The delegate is found by the name that the root gives it. */
function mergedRules(root: HttpRule, parts: readonly HttpRule[]): HttpRule[] {
  const { name = 'delegate', namespace } = root.delegate ?? {}
  const delegated: HttpRule = { ...root, delegate: root.delegate ?? { name } }
  const all = [virtualService('root', 'default', ['a'], [delegated]), virtualService(name, namespace || 'default', [], parts)]
  return mergeDelegates(all, ['*'])[0]!.rules.map(({ spec }) => spec)
}

function virtualService(name: string, namespace: string, hosts: readonly string[], rules: readonly HttpRule[]): VirtualService {
  return { name, namespace, hosts, gateways: ['mesh'], exportTo: undefined, rules: rules.map(ruleOf), tcp: [], tls: [], semantics: 'istio', origin }
}

function ruleOf(spec: HttpRule): Rule {
  return { spec, origin, matchOrigins: (spec.match ?? []).map((_, i) => at(origin, i)), refusal: null }
}

/** The order of the routes as they were given: each is known by its place. */
function sorted(routes: readonly object[]): object[] {
  const withAction = routes.map((route, i) => ({ ...route, name: String(i), route: { cluster: 'c' } }))
  const config = { virtual_hosts: [{ name: 'h', domains: ['*'], routes: withAction }] }
  const { table } = readRouteConfiguration(config, 'vector', { runtimeKey: null, random: 0, metadata: {} })
  return catchAllLast(table.virtualHosts[0]!.routes).map(({ name }) => routes[Number(name)]!)
}
