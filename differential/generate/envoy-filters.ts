import type { Draw } from '../draw.ts'
import { escapedSlashes } from './connection-settings.ts'
import { type Document, document } from './document.ts'
import { httpRouting } from './http-routing.ts'
import { fault, hcmName, insertedFilter, placeOfFilter, toldFilters } from './envoy-filter-http.ts'
import { contexts, headers, hostNames, match, matchOfRoutes } from './envoy-filter-places.ts'
import { localReplies } from './envoy-filter-replies.ts'
import { hostRewrite, made, mergedMatch, toC, weighted } from './envoy-filter-routes.ts'
import type { Json } from './matches.ts'
import type { Subject } from './scenery.ts'
import { trafficExtension } from './traffic-extensions.ts'

/** Meshes with rules, in which istiod's own words for proxies are changed, and scripts run. */
export const envoyFilters: Subject = (draw, count) => {
  const scenery = httpRouting(draw, count)
  const filters = draw.many(1, 3, (i) => envoyFilter(draw, i))
  const extensions = draw.chance(0.3) ? draw.many(1, 2, (i) => trafficExtension(draw, i)) : []
  const isInbound = extensions.length > 0 || filters.some(({ spec }) => JSON.stringify(spec).includes('SIDECAR_INBOUND'))
  const inbound = isInbound ? { inbound: ['b-v1.default', 'b-v2.default'] } : {}
  return { ...scenery, ...inbound, config: [...scenery.config, ...filters, ...extensions] }
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

const hcm = 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'

const filterOfHttp = (draw: Draw, id: string): Json => ({
  applyTo: 'HTTP_FILTER',
  ...placeOfFilter(draw, draw.one([...contexts, 'SIDECAR_INBOUND'])),
  patch: { operation: 'INSERT_BEFORE', value: insertedFilter(draw, id) },
})

const patches: readonly ((draw: Draw, id: string) => Json)[] = [
  filterOfHttp,
  filterOfHttp,
  (draw, id) => ({
    applyTo: 'HTTP_FILTER',
    ...match(draw, draw.one(contexts), { listener: { filterChain: { filter: { name: hcmName, subFilter: { name: 'envoy.filters.http.fault' } } } } }),
    patch: { operation: 'MERGE', value: { name: 'envoy.filters.http.fault', typed_config: fault(draw, id) } },
  }),
  (draw, id) => ({
    applyTo: 'ROUTE_CONFIGURATION',
    ...matchOfRoutes(draw, draw.one([...contexts, 'ANY', 'SIDECAR_INBOUND']), false, false),
    patch: {
      operation: 'MERGE',
      value: {
        ...headers(draw, id),
        ...draw.maybe(0.2, () => ({ most_specific_header_mutations_wins: true })),
        ...draw.maybe(0.3, () => toldFilters(draw, id)),
      },
    },
  }),
  (draw, id) => ({
    applyTo: 'VIRTUAL_HOST',
    ...matchOfRoutes(draw, draw.one([...contexts, 'ANY', 'SIDECAR_INBOUND']), true, false),
    patch: { operation: 'MERGE', value: { ...headers(draw, id), ...draw.maybe(0.4, () => toldFilters(draw, id)) } },
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
        ...draw.maybe(0.4, () => toldFilters(draw, id)),
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
    ...match(draw, draw.one(contexts), {
      listener: { filterChain: { filter: { name: draw.one([hcmName, 'envoy.filters.network.tcp_proxy']) } } },
    }),
    patch: {
      operation: draw.one(['INSERT_FIRST', 'INSERT_BEFORE']),
      value: {
        name: 'envoy.filters.network.connection_limit',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit',
          stat_prefix: 'limit',
          max_connections: draw.one([1, 2, 100]),
        },
      },
    },
  }),
  (draw) => ({
    applyTo: 'NETWORK_FILTER',
    ...match(draw, draw.one([...contexts, 'ANY']), {
      listener: {
        filterChain: { filter: { name: hcmName } },
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
            { always_set_request_id_in_response: true },
            { set_current_client_cert_details: { subject: true, uri: true } },
            { local_reply_config: localReplies(draw) },
            { common_http_protocol_options: { max_stream_duration: '60s' } },
          ]),
        },
      },
    },
  }),
]
