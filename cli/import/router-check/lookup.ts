import { addValue, inlineOfRequest, inlineOfResponse } from '../../../mesh-core/dataplane/messages/inline-headers.ts'
import { LogRecord } from '../../../mesh-core/dataplane/evidence.ts'
import { locationOfItself, locationWithTls } from '../../../mesh-core/dataplane/routing/redirect.ts'
import { editForwarded } from '../../../mesh-core/dataplane/routing/route-edits.ts'
import { type ChoiceRuntime, clusterNamedBy, compileRoute, type RouteRuntime } from '../../../mesh-core/dataplane/routing/route-runtime.ts'
import type { Subject } from '../../../mesh-core/dataplane/replies/format/subject.ts'
import { chooseWeighted } from '../../../mesh-core/dataplane/balancing/weighted-choice.ts'
import type { RouteConfiguration } from '../../../mesh-core/envoy/route-configuration.ts'
import { type ForwardAction, Headers, type HttpRequest, type VirtualHost } from '../../../mesh-core/ir/index.ts'
import { compileHeaderMatch } from '../../../mesh-core/match/header.ts'
import { pathWithoutQuery } from '../../../mesh-core/match/path.ts'
import { compileRouteTable } from '../../../mesh-core/match/route-table.ts'
import type { Random } from '../../../mesh-core/time/random.ts'
import type { RouterCheckInput } from './read-tests.ts'

/** What is found of a request; a text is empty and a number 0 where there is nothing to say. */
export interface Found {
  readonly cluster: string
  readonly virtualCluster: string
  readonly virtualHost: string
  readonly host: string
  readonly path: string
  readonly redirect: string
  readonly code: number
  readonly request: HttpRequest
  readonly responseHeaders: Headers
}

/**
 * Looks a request up in a route table as `router_check_tool` does: the route is found and the request edited by the data plane's own code; what is
 * reported of it is the tool's rule. Source: Envoy `test/tools/router_check/router.cc`.
 */
export function lookUp(config: RouteConfiguration, input: RouterCheckInput): Found {
  const request = requestOf(input)
  const nothing = { cluster: '', virtualCluster: '', virtualHost: '', host: '', path: '', redirect: '', code: 0, request }
  const bare: Found = { ...nothing, responseHeaders: responseHeadersOf(input) }
  const host = compileRouteTable(config.table, compileRoute).findVirtualHost(request.authority)
  if (!host) return bare
  if (wantsTls(config, host.config, input)) return { ...bare, redirect: locationWithTls(request), code: 301 }
  const index = host.findRoute(request, pathWithoutQuery(request.path))
  if (index < 0) return bare
  const route = host.routes[index]!
  const { action } = route.config
  switch (action.kind) {
    case 'forward':
      return forwarded(config, host.config, route, action, input, bare)
    case 'redirect':
      return { ...bare, redirect: route.location!(request), code: action.status, responseHeaders: answered('', route, input, request) }
    case 'direct-response': {
      const body = action.body ?? ''
      return { ...bare, redirect: locationOfItself(request), code: action.status, responseHeaders: answered(body, route, input, request) }
    }
  }
}

function wantsTls(config: RouteConfiguration, host: VirtualHost, { ssl, internal }: RouterCheckInput): boolean {
  if (ssl === true) return false
  const requirement = config.tlsRequirement(host)
  return requirement === 'ALL' || (requirement === 'EXTERNAL_ONLY' && internal !== true)
}

function forwarded(
  config: RouteConfiguration,
  host: VirtualHost,
  route: RouteRuntime,
  action: ForwardAction,
  input: RouterCheckInput,
  bare: Found,
): Found {
  const { request, responseHeaders } = bare
  const choice = clusterNamedBy(route, request) ?? drawn(route, Number(input.random_value ?? 0))
  const virtualCluster = virtualClusterOf(config, host, request)
  const { cluster } = choice.config
  const subject = (): Subject => subjectOf(request, null)
  editForwarded(request, route, choice, action, true, subject)
  choice.responseHeaders?.(responseHeaders, subjectOf(request, responseHeaders))
  route.responseHeaders?.(responseHeaders, subjectOf(request, responseHeaders))
  return { ...bare, cluster, virtualCluster, virtualHost: host.name, host: request.authority, path: request.path }
}

/** Source: Envoy `WeightedClusterUtil::pickCluster`: the value modulo the sum of the weights. */
function drawn({ choices, weights, totalWeight }: RouteRuntime, value: number): ChoiceRuntime {
  const random: Random = { next: () => 0, below: (total) => value % total, fork: () => random }
  return choices[chooseWeighted(weights, totalWeight, random)]!
}

/** The first whose conditions all hold; `other` where the host has others. */
function virtualClusterOf(config: RouteConfiguration, host: VirtualHost, request: HttpRequest): string {
  const clusters = config.virtualClusters(host)
  if (clusters.length === 0) return ''
  return clusters.find(({ headers }) => headers.every((header) => compileHeaderMatch(header)(request)))?.name ?? 'other'
}

/** Of an answer of the proxy's own. The tool sets the content's type before the route's operations, which a running Envoy does after them. */
function answered(body: string, route: RouteRuntime, input: RouterCheckInput, request: HttpRequest): Headers {
  const headers = responseHeadersOf(input)
  if (body !== '') {
    headers.set('content-type', 'text/plain')
    headers.set('content-length', String(Buffer.byteLength(body)))
  }
  route.responseHeaders?.(headers, subjectOf(request, headers))
  return headers
}

export function requestOf(input: RouterCheckInput): HttpRequest {
  const scheme = input.ssl === true ? 'https' : 'http'
  const headers = new Headers()
  headers.set('x-forwarded-proto', scheme)
  if (input.internal === true) headers.set('x-envoy-internal', 'true')
  for (const { key, value = '' } of input.additional_request_headers ?? []) addValue(headers, key.toLowerCase(), value, inlineOfRequest)
  return { method: input.method ?? 'GET', scheme, authority: input.authority, path: input.path, headers, body: '' }
}

function responseHeadersOf(input: RouterCheckInput): Headers {
  const headers = new Headers()
  for (const { key, value = '' } of input.additional_response_headers ?? []) addValue(headers, key.toLowerCase(), value, inlineOfResponse)
  return headers
}

function subjectOf(request: HttpRequest, responseHeaders: Headers | null): Subject {
  const address = '127.0.0.1'
  const log = new LogRecord('router-check', 'outbound', 0)
  return {
    ...{ request, log, responseHeaders, answerStatus: 200, responseStatus: 200, clientTls: null, upstream: null },
    client: { remoteAddress: address, connectionAddress: address, localAddress: `${address}:0` },
    ...{ ownAddress: address, hostname: '', now: 0 },
    fail: (error) => {
      throw error
    },
  }
}
