import type { Decision, RuleTried } from '../ir/exchange.ts'
import type { HttpRequest } from '../ir/message.ts'
import { blackHole } from '../ir/inbound-port.ts'
import { formatPath } from '../ir/origin.ts'
import type { Origin } from '../ir/origin.ts'
import type { NetworkFilter } from '../ir/proxy-config.ts'
import type { MirrorPolicy, Route } from '../ir/route.ts'
import { pathWithoutQuery } from '../match/path.ts'
import { explainRouteMatch, takesEverything } from '../match/route-match.ts'
import { receiveRequest } from './connection-manager.ts'
import type { LogRecord } from './evidence.ts'
import { outcomeOf as outcomeOfAuthorizer } from './filters/custom-access.ts'
import { describeCluster } from './upstream/describe-cluster.ts'
import { drawsOf, weightsOf } from './draws.ts'
import { explainTokens, outcomeOfTokens } from './filters/jwt/explain-tokens.ts'
import { authenticate } from './filters/jwt/jwt-filter.ts'
import type { Passage } from './passage.ts'
import type { Plane } from './plane.ts'

/** Names of virtual hosts that an explanation lists. */
const hostsShown = 5

/** Goes through the decision again, in words, when it is called. */
export function explanationOf(plane: Plane, passage: Passage): () => Decision {
  return () => {
    const { jwt } = passage.entrance.settings
    const request = asRouted(plane, passage)
    const decision = explain(passage, request)
    const isRefused = jwt !== undefined && outcomeOfTokens(passage.log.status, passage.log.details) !== null
    return isRefused ? { ...decision, ...explainTokens(asReceived(plane, passage), jwt, plane.date()) } : decision
  }
}

function asReceived(plane: Plane, { sent, client, entrance }: Passage): HttpRequest {
  return receiveRequest(plane, sent, client, { ...entrance, port: entrance.target.port }).request
}

/** The request as the router saw it, before it was edited. */
function asRouted(plane: Plane, passage: Passage): HttpRequest {
  const request = asReceived(plane, passage)
  const { jwt } = passage.entrance.settings
  return jwt && authenticate(request, jwt, plane.date()).isNew ? request : asReceived(plane, passage)
}

function explain(passage: Passage, request: HttpRequest): Decision {
  const { virtualHost, route, proxy, entrance } = passage
  const routes = virtualHost?.routes ?? []
  const chosen = route ? routes.indexOf(route) : -1
  const tried = chosen < 0 ? (wantsTls(passage) ? [] : routes) : routes.slice(0, chosen + 1)
  return {
    proxy: proxy.name,
    listener: entrance.listener.name,
    virtualHost: virtualHost?.config.name ?? null,
    host: entrance.target.service ?? request.authority,
    rules: tried.map(({ config }, i) => ruleTried(config, request, i === chosen)),
    chosen,
    outcome: outcomeOf(passage),
    odds: oddsOf(passage),
    draws: drawsOf(passage),
  }
}

/** Was a plain request told to come back by TLS? Then no rule is asked. */
function wantsTls({ virtualHost, route, log }: Passage): boolean {
  return route === null && virtualHost?.config.requireTls === true && log.status === 301
}

/** Where a connection, or a datagram, went that nobody looked into. */
export function explainTcp(proxy: string, listener: string, host: string, filter: Spread, log: LogRecord): Decision {
  const total = filter.clusters.reduce((sum, { weight }) => sum + weight, 0)
  const missing = log.flags === 'NC' || log.flags === 'UH'
  return {
    proxy,
    listener,
    virtualHost: null,
    host,
    rules: filter.origin ? [tcpRule(filter.origin)] : [],
    chosen: filter.origin ? 0 : -1,
    outcome:
      denied(filter, log) ??
      (missing
        ? `closed: ${log.cluster === blackHole ? nothingUnknown : `nobody behind ${describeCluster(log.cluster)}`}`
        : `→ ${describeCluster(log.cluster)}`),
    odds: filter.clusters.map(({ cluster, weight }) => ({ cluster, share: weight / total })),
  }
}

/** Source: Istio `pilot/pkg/networking/core/httproute.go` buildCatchAllVirtualHost. */
const nothingUnknown = 'the proxy knows no such host, and outboundTrafficPolicy is REGISTRY_ONLY; a ServiceEntry makes one known'

function denied({ askedOfBytes }: Spread, { details, flags }: LogRecord): string | null {
  if (askedOfBytes && flags === 'UAEX') return `closed: the authorizer ${askedOfBytes.authorizer.name} did not let it in`
  return details.startsWith('rbac_access_denied') ? `closed: ${whoDenies(details)}` : null
}

type Spread = Omit<Extract<NetworkFilter, { kind: 'tcp' }>, 'kind'>

function tcpRule(origin: Origin): RuleTried {
  const { path } = origin
  const rule = formatPath(path[0] === 'spec' ? path.slice(1) : path) || 'default'
  return { rule, origin, matched: true, reason: 'takes the connections of its port, name and address' }
}

function ruleTried(route: Route, request: HttpRequest, matched: boolean): RuleTried {
  const said = explainRouteMatch(route.match, request, pathWithoutQuery(request.path))
  // Ports, gateways and labels of the sender were looked at when the route was made.
  const reason = route.matchOrigin && said === takesEverything ? 'every request here has what it asks for: takes everything' : said
  return { rule: nameOf(route), origin: route.matchOrigin ?? route.origin, matched, reason }
}

/** `http[0].match[1]` of a rule that somebody wrote; `default` of a route that every service has. */
function nameOf(route: Route): string {
  const path = (route.matchOrigin ?? route.origin).path
  return formatPath(path[0] === 'spec' ? path.slice(1) : path) || route.name || 'default'
}

function oddsOf({ route, choice }: Pick<Passage, 'route' | 'choice'>): Decision['odds'] {
  if (!route) return []
  const { action } = route.config
  if (choice && action.kind === 'forward' && action.clusterHeader !== undefined) return [{ cluster: choice.config.cluster, share: 1 }]
  const alone = route.choices.length === 1
  return route.choices.map(({ config }) => ({ cluster: config.cluster, share: alone ? 1 : config.weight / route.totalWeight }))
}

/** Why a proxy does not take a request, by Envoy's response code details; request-refusal.ts has what is behind each. */
const refusals: Readonly<Record<string, string>> = {
  'http1.codec_error': 'the method, the path or the name of a header is none of HTTP',
  'http1.invalid_characters': 'the host or a header has a control character',
  'http1.invalid_url': 'its target is no path and no URL',
  'http1.connection_header_rejected': 'its connection header is refused',
  'http1.too_many_headers': 'it has too many headers',
  'http1.headers_too_large': 'its headers are too large',
  'http.invalid_authority': 'its host has a character that no host may have',
  low_version: 'HTTP/1.0 is not taken',
  query_missing_content_type: 'QUERY needs a content type',
  path_normalization_failed: 'its path cannot be normalized',
  upgrade_failed: 'the upgrade that it asks for is not let through',
}

function outcomeOf(passage: Passage): string {
  const { log, route, choice, virtualHost } = passage
  const refused = outcomeOfTokens(log.status, log.details)
  if (refused !== null) return refused
  const { custom } = passage.entrance.settings
  const asked = custom ? outcomeOfAuthorizer(log.status, log.details, custom) : null
  if (asked !== null) return asked
  if (log.details.startsWith('rbac_access_denied')) return `${log.status}: ${whoDenies(log.details)}`
  if (log.details in refusals) return `${log.status}: no rule is asked: ${refusals[log.details]} (${log.details})`
  if (!virtualHost) return `${log.status}: no virtual host for this Host; ${hostsOf(passage)}`
  if (wantsTls(passage)) return `${log.status}: no rule is asked: plain requests are sent to https (httpsRedirect)`
  if (!route) return `${log.status}: no rule matched`
  const cluster = choice?.config.cluster ?? ''
  if (log.flags.split(',').includes('NC')) return `${log.status}: ${whyMissing(cluster)}`
  if (log.flags === 'DF') return `${log.status}: DNS knows no such name as the one in Host`
  if (log.flags.split(',').includes('UH')) return `${log.status}: no ready endpoint for ${describeCluster(cluster)}`
  if (log.details === 'fault_filter_abort') return `${log.status}: aborted by the rule's fault`
  if (log.details === 'cors_response') return `${log.status}: preflight answered by the rule's corsPolicy`
  if (route.config.action.kind === 'redirect') return `${log.status}: redirected`
  if (route.config.name === 'block_all') return `${log.status}: ${nothingUnknown}`
  if (route.config.action.kind === 'direct-response') return `${log.status}: answered by the rule itself`
  const { action } = route.config
  if (action.kind !== 'forward') return `→ ${describeCluster(cluster)}`
  if (log.details === 'response_timeout')
    return `${log.status}: no answer within the timeout${action.timeoutMs === null ? '' : ` of ${action.timeoutMs} ms`}`
  if (log.details === 'upstream_per_try_timeout') return `${log.status}: no answer within perTryTimeout of ${action.retry?.perTryTimeoutMs ?? 0} ms`
  const weights = weightsOf(route)
  return [`→ ${describeCluster(cluster)}${weights === null ? '' : `, one of ${weights}`}`, ...copiesOf(passage, action.mirrors)].join('; ')
}

/** Where copies go, or why none goes there: the client is told nothing of them. */
function copiesOf({ proxy }: Passage, mirrors: readonly MirrorPolicy[]): string[] {
  return mirrors.map(({ cluster, ppm }) =>
    proxy.cluster(cluster)
      ? `${ppm < 1_000_000 ? `${ppm / 10_000}% copied` : 'a copy'} to ${describeCluster(cluster)}`
      : `no copy: ${whyMissing(cluster)}`,
  )
}

/** `rbac_access_denied_matched_policy[ns[default]-policy[readers]-rule[0]]` */
function whoDenies(details: string): string {
  const [, namespace, name, rule] = /\[ns\[(.*)\]-policy\[(.*)\]-rule\[(\d+)\]\]$/.exec(details) ?? []
  return name === undefined ? 'no AuthorizationPolicy of the gateway allows it' : `AuthorizationPolicy ${namespace}/${name} denies it, rules[${rule}]`
}

/** What could have been asked for instead: the names of the table's hosts, each as its config spells it. */
function hostsOf({ proxy, entrance }: Passage): string {
  const hosts = proxy.routeTable(entrance.table)?.config.virtualHosts ?? []
  const names = [...new Set(hosts.map(({ domains }) => domains[0] ?? '').filter((domain) => domain !== ''))]
  if (names.length === 0) return 'no config gives this listener any'
  const rest = names.length > hostsShown ? `, and ${names.length - hostsShown} more` : ''
  return `this listener knows ${names.slice(0, hostsShown).join(', ')}${rest}`
}

function whyMissing(cluster: string): string {
  const [, port, subset, host] = cluster.split('|')
  if (host === '') return 'none of its backends may be used'
  if (!host) return `there is no cluster ${cluster}`
  return subset ? `subset ${subset} of ${host} is in no DestinationRule that acts here` : `${host} has no port ${port} that is known here`
}
