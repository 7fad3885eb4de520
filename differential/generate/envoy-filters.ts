import type { Draw } from '../draw.ts'
import { escapedSlashes } from './connection-settings.ts'
import { type Document, document } from './document.ts'
import { httpRouting } from './http-routing.ts'
import type { Json } from './matches.ts'
import type { Subject } from './scenery.ts'

/** Meshes with rules, in which istiod's own words for proxies are changed. */
export const envoyFilters: Subject = (draw, count) => {
  const scenery = httpRouting(draw, count)
  const filters = draw.many(1, 3, (i) => envoyFilter(draw, i))
  const inbound = filters.some(({ spec }) => JSON.stringify(spec).includes('SIDECAR_INBOUND')) ? { inbound: ['b-v1.default', 'b-v2.default'] } : {}
  return { ...scenery, ...inbound, config: [...scenery.config, ...filters] }
}

function envoyFilter(draw: Draw, index: number): Document {
  const namespace = draw.one(['default', 'default', 'istio-system', 'other'])
  const labels = draw.one<Json | null>([null, null, { app: 'a' }, { app: 'b' }, { istio: 'ingressgateway' }])
  return document('EnvoyFilter', `filter-${index}`, namespace, {
    ...(labels && { workloadSelector: { labels } }),
    ...draw.maybe(0.3, () => ({ priority: draw.one([-5, 5, 10]) })),
    configPatches: draw.many(1, 3, (i) => draw.one(patches)(draw, `${index}-${i}`)),
  })
}

const appendActions = ['APPEND_IF_EXISTS_OR_ADD', 'OVERWRITE_IF_EXISTS_OR_ADD', 'ADD_IF_ABSENT', 'OVERWRITE_IF_EXISTS']
const contexts = ['SIDECAR_OUTBOUND', 'SIDECAR_OUTBOUND', 'GATEWAY']

function headers(draw: Draw, id: string): Json {
  const option = (name: string): Json => ({
    header: { key: name, value: draw.one([id, id, `%REQ(x-patched)%${id}`, `[%REQ(x-user)%]`, '%REQ(x-none)%']) },
    ...draw.maybe(0.5, () => ({ append_action: draw.one(appendActions) })),
    ...draw.maybe(0.1, () => ({ keep_empty_value: true })),
  })
  return {
    ...draw.maybe(0.7, () => ({ request_headers_to_add: draw.some(['x-patched', 'x-user', 'end-user'], 1, 2).map(option) })),
    ...draw.maybe(0.3, () => ({ requestHeadersToRemove: [draw.one(['x-user', 'x-patched', 'end-user'])] })),
    ...draw.maybe(0.4, () => ({ response_headers_to_add: [option(draw.one(['x-answer', 'x-patched']))] })),
    ...draw.maybe(0.2, () => ({ response_headers_to_remove: ['x-answer'] })),
  }
}

const hostNames = ['b.default.svc.cluster.local', 'c.default.svc.cluster.local', 'shop.example.com', 'allow_any']

/** One field or two of where a patch is to act. */
function table(draw: Draw, hosts: boolean, routes: boolean): Json {
  const vhost = {
    ...draw.maybe(0.5, () => ({ name: `${draw.one(hostNames)}:80` })),
    ...draw.maybe(0.3, () => ({ domainName: draw.one(hostNames) })),
    ...(routes &&
      draw.maybe(0.4, () => ({ route: draw.one<Json>([{ name: 'route-0' }, { action: 'ROUTE' }, { action: 'REDIRECT' }, { name: 'default' }]) }))),
  }
  return {
    ...draw.maybe(0.3, () => ({ portNumber: draw.one([80, 80, 9090, 8080]) })),
    ...draw.maybe(0.15, () => ({ name: draw.one(['80', 'http.8080']) })),
    ...(hosts && Object.keys(vhost).length > 0 && draw.maybe(0.7, () => ({ vhost }))),
  }
}

function match(draw: Draw, context: string, rest: Json): Json {
  return { match: { context, ...draw.maybe(0.05, () => ({ proxy: { proxyVersion: '^1\\.16.*' } })), ...rest } }
}

function matchOfRoutes(draw: Draw, context: string, hosts: boolean, routes: boolean): Json {
  const routeConfiguration = table(draw, hosts, routes)
  return match(draw, context, Object.keys(routeConfiguration).length > 0 && draw.chance(0.7) ? { routeConfiguration } : {})
}

const ofStatus = (code: number, op: string): Json => ({
  status_code_filter: { comparison: { op, value: { default_value: code, runtime_key: 'a' } } },
})

const localReplies = (draw: Draw): Json => ({
  ...draw.maybe(0.7, () => ({
    mappers: [
      {
        filter: draw.one<Json>([
          ofStatus(draw.one([404, 503]), draw.one(['EQ', 'GE', 'LE', 'NE'])),
          { response_flag_filter: { flags: draw.some(['NR', 'FI', 'UH', 'NC'], 0, 2) } },
          { header_filter: { header: { name: 'x-user', string_match: { exact: 'jason' } } } },
          { or_filter: { filters: [ofStatus(404, 'EQ'), { response_flag_filter: { flags: ['FI'] } }] } },
        ]),
        ...draw.maybe(0.5, () => ({ status_code: draw.one([418, 500]) })),
        ...draw.maybe(0.5, () => ({ body: { inline_string: 'mapped' } })),
        ...draw.maybe(0.3, () => ({ headers_to_add: [{ header: { key: 'x-answer', value: 'mapped %RESPONSE_CODE%' } }] })),
      },
    ],
  })),
  ...draw.maybe(0.6, () => ({
    body_format: draw.one<Json>([
      { text_format_source: { inline_string: '%LOCAL_REPLY_BODY% %RESPONSE_CODE% %REQ(x-user)%' }, content_type: 'text/html' },
      { json_format: { status: '%RESPONSE_CODE%', user: '%REQ(X-USER)%', text: '%LOCAL_REPLY_BODY% of %REQ(:PATH)%' } },
    ]),
  })),
})

const toC = 'outbound|80||c.default.svc.cluster.local'

const weighted = (draw: Draw, name: string): Json => ({
  name,
  weight: draw.one([1, 2]),
  ...draw.maybe(0.3, () => ({ request_headers_to_add: [{ header: { key: 'x-patched', value: 'weighted' } }] })),
})

const headerMatch = (draw: Draw): Json => ({
  name: draw.one(['x-user', 'x-user', 'end-user', ':method']),
  ...draw.one<Json>([
    { string_match: { exact: 'jason' } },
    { string_match: { contains: 'AS', ignore_case: true } },
    { string_match: { safe_regex: { regex: 'j.*' } } },
    { present_match: draw.chance(0.5) },
    { range_match: { start: 0, end: 10 } },
    {},
  ]),
  ...draw.maybe(0.3, () => ({ invert_match: true })),
  ...draw.maybe(0.3, () => ({ treat_missing_header_as_empty: true })),
})

const queryMatch = (draw: Draw): Json => ({
  name: draw.one(['q', 'x']),
  ...draw.one<Json>([
    { string_match: { exact: '1' } },
    { string_match: { prefix: 'V', ignore_case: true } },
    { present_match: draw.chance(0.5) },
    {},
  ]),
})

const conditions = (draw: Draw): Json => ({
  ...draw.maybe(0.3, () => ({ headers: draw.many(1, 2, () => headerMatch(draw)) })),
  ...draw.maybe(0.2, () => ({ query_parameters: [queryMatch(draw)] })),
})

const mergedMatch = (draw: Draw): Json =>
  draw.one<Json>([
    { prefix: '/v1' },
    { path: '/v1' },
    { safe_regex: { regex: '/v[12].*' } },
    { path_separated_prefix: '/v1' },
    { headers: [headerMatch(draw)] },
    { query_parameters: [queryMatch(draw)] },
    { prefix: '/V1', case_sensitive: draw.chance(0.5) },
  ])

const madeRedirect = (draw: Draw): Json => ({
  ...draw.one<Json>([
    { path_redirect: draw.one(['/else', '/else?x=2']) },
    { prefix_rewrite: '/else' },
    { regex_rewrite: { pattern: { regex: '^/v(.)' }, substitution: '/else/\\1' } },
  ]),
  ...draw.one<Json>([{}, { https_redirect: true }, { host_redirect: 'else.test', port_redirect: 8443 }]),
  ...draw.maybe(0.4, () => ({ strip_query: true })),
  ...draw.maybe(0.5, () => ({ response_code: draw.one(['FOUND', 'SEE_OTHER', 'PERMANENT_REDIRECT']) })),
})

const hostRewrite = (draw: Draw): Json => ({
  ...draw.one<Json>([
    { host_rewrite_header: 'x-user' },
    { host_rewrite_literal: 'patched.test' },
    { host_rewrite_path_regex: { pattern: { regex: '^/([a-z]+).*$' }, substitution: '\\1.test' } },
  ]),
  ...draw.maybe(0.5, () => ({ append_x_forwarded_host: true })),
})

const made = (draw: Draw, id: string): Json => ({
  name: `made-${id}`,
  match: { ...draw.one<Json>([{ prefix: '/v1' }, { prefix: '/' }, { path: '/made' }, { path_separated_prefix: '/api' }]), ...conditions(draw) },
  ...draw.one<Json>([
    { direct_response: { status: 418, body: { inline_string: id } } },
    { route: { cluster: toC, ...draw.maybe(0.3, () => ({ prefix_rewrite: '/made' })), ...draw.maybe(0.3, () => hostRewrite(draw)) } },
    { redirect: madeRedirect(draw) },
  ]),
  ...draw.maybe(0.3, () => headers(draw, id)),
})

const hcm = 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'

const patches: readonly ((draw: Draw, id: string) => Json)[] = [
  (draw, id) => ({
    applyTo: 'ROUTE_CONFIGURATION',
    ...matchOfRoutes(draw, draw.one([...contexts, 'ANY', 'SIDECAR_INBOUND']), false, false),
    patch: { operation: 'MERGE', value: { ...headers(draw, id), ...draw.maybe(0.2, () => ({ most_specific_header_mutations_wins: true })) } },
  }),
  (draw, id) => ({
    applyTo: 'VIRTUAL_HOST',
    ...matchOfRoutes(draw, draw.one([...contexts, 'ANY', 'SIDECAR_INBOUND']), true, false),
    patch: { operation: 'MERGE', value: headers(draw, id) },
  }),
  (draw, id) => ({
    applyTo: 'HTTP_ROUTE',
    ...matchOfRoutes(draw, draw.one(contexts), true, true),
    patch: {
      operation: 'MERGE',
      value: {
        ...headers(draw, id),
        ...draw.maybe(0.5, () => ({
          route: draw.one<Json>([
            ...[{ prefix_rewrite: '/patched' }, hostRewrite(draw), { retry_policy: { num_retries: 0 } }],
            { request_mirror_policies: [{ cluster: toC, ...draw.maybe(0.5, () => ({ disable_shadow_host_suffix_append: true })) }] },
            { weighted_clusters: { clusters: [weighted(draw, toC), weighted(draw, 'outbound|80||b.default.svc.cluster.local')] } },
            { max_stream_duration: { max_stream_duration: '60s' } },
            { cluster: 'nowhere', cluster_not_found_response_code: draw.one(['NOT_FOUND', 'INTERNAL_SERVER_ERROR']) },
          ]),
        })),
        ...draw.maybe(0.3, () => ({ match: mergedMatch(draw) })),
      },
    },
  }),
  (draw, id) => ({
    applyTo: 'HTTP_ROUTE',
    ...matchOfRoutes(draw, draw.one(contexts), true, true),
    patch: { operation: draw.one(['ADD', 'INSERT_FIRST', 'INSERT_BEFORE', 'INSERT_AFTER']), value: made(draw, id) },
  }),
  (draw) => ({ applyTo: 'HTTP_ROUTE', ...matchOfRoutes(draw, draw.one(contexts), true, true), patch: { operation: 'REMOVE' } }),
  (draw) => ({
    applyTo: 'VIRTUAL_HOST',
    match: { context: draw.one(contexts), routeConfiguration: { vhost: { name: `${draw.one(hostNames)}:${draw.one([80, 9090])}` } } },
    patch: { operation: 'REMOVE' },
  }),
  (draw, id) => ({
    applyTo: 'VIRTUAL_HOST',
    match: { context: draw.one(contexts), routeConfiguration: { portNumber: 80 } },
    patch: { operation: 'ADD', value: { name: `added-${id}`, domains: [`added-${id}.test`], routes: [made(draw, id)], ...headers(draw, id) } },
  }),
  (draw) => ({
    applyTo: 'CLUSTER',
    ...match(draw, draw.one(contexts), {
      cluster: draw.one<Json>([
        { service: 'b.default.svc.cluster.local' },
        { service: 'c.default.svc.cluster.local', portNumber: 80 },
        { subset: 'v1' },
        { name: 'outbound|80||b.default.svc.cluster.local' },
      ]),
    }),
    patch: draw.one<Json>([{ operation: 'MERGE', value: { max_requests_per_connection: 1 } }, { operation: 'REMOVE' }]),
  }),
  (draw) => ({
    applyTo: 'NETWORK_FILTER',
    ...match(draw, draw.one([...contexts, 'ANY']), {
      listener: {
        filterChain: { filter: { name: 'envoy.filters.network.http_connection_manager' } },
        ...draw.maybe(0.2, () => ({ portNumber: draw.one([80, 8080]) })),
      },
    }),
    patch: {
      operation: 'MERGE',
      value: {
        typed_config: {
          '@type': hcm,
          ...draw.one<Json>([
            { server_name: 'patched' },
            { xff_num_trusted_hops: 1 },
            { generate_request_id: false },
            { append_x_forwarded_port: true },
            { merge_slashes: true },
            { path_with_escaped_slashes_action: draw.one(escapedSlashes) },
            { via: 'mesh' },
            { skip_xff_append: true },
            { local_reply_config: localReplies(draw) },
            { common_http_protocol_options: { max_stream_duration: '60s' } },
          ]),
        },
      },
    },
  }),
]
