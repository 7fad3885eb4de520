import { expect, test } from 'vitest'
import { actingPatches } from './envoy-filter-patches.ts'
import { readText } from './read.ts'

const hcm = 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'
const limit = 'type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit'
const cors = 'type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy'
const limiting = (config: string): string =>
  `applyTo: HTTP_FILTER, patch: {operation: INSERT_BEFORE, value: {name: limit, typed_config: {"@type": type.googleapis.com/udpa.type.v1.TypedStruct, type_url: ${limit}, value: {${config}}}}}`
const lua = (config: string): string =>
  `applyTo: HTTP_FILTER, patch: {operation: INSERT_BEFORE, value: {name: envoy.filters.http.lua, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua, ${config}}}}`
const outbound = 'match: {context: SIDECAR_OUTBOUND}'
const buffer = 'type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer'
const fault = 'type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault'
const mutation = 'type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation'
const tcpProxy = 'envoy.filters.network.tcp_proxy'

const cases: readonly { about: string; patch: string; reported: string[] }[] = [
  {
    about: 'headers of virtual hosts, in either spelling',
    patch: `applyTo: VIRTUAL_HOST, patch: {operation: MERGE, value: {requestHeadersToAdd: [{header: {key: a, value: b}}], response_headers_to_remove: [server]}}`,
    reported: [],
  },
  {
    about: 'a field of a value that is not acted on',
    patch: `applyTo: VIRTUAL_HOST, ${outbound}, patch: {operation: MERGE, value: {response_headers_to_remove: [a], virtual_clusters: [{}]}}`,
    reported: ['spec.configPatches[0].patch.value.virtual_clusters'],
  },
  {
    about: 'a policy for other origins',
    patch: `applyTo: HTTP_ROUTE, ${outbound}, patch: {operation: MERGE, value: {typed_per_filter_config: {envoy.filters.http.cors: {"@type": ${cors}, allow_methods: GET, filter_enabled: {default_value: {numerator: 100}}}}}}`,
    reported: [],
  },
  {
    about: 'a policy for other origins that is for some requests',
    patch: `applyTo: HTTP_ROUTE, ${outbound}, patch: {operation: MERGE, value: {typed_per_filter_config: {envoy.filters.http.cors: {"@type": ${cors}, filter_enabled: {default_value: {numerator: 50}}}}}}`,
    reported: ['spec.configPatches[0].patch.value.typed_per_filter_config.envoy.filters.http.cors.filter_enabled.default_value.numerator'],
  },
  {
    about: 'options of a cluster',
    patch: `applyTo: CLUSTER, ${outbound}, patch: {operation: MERGE, value: {typed_extension_protocol_options: {envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {explicit_http_config: {http2_protocol_options: {}}, common_http_protocol_options: {idle_timeout: 5s}}}}}`,
    reported: [],
  },
  {
    about: 'options of a cluster towards a workload',
    patch: `applyTo: CLUSTER, patch: {operation: MERGE, value: {typed_extension_protocol_options: {}}}`,
    reported: ['spec.configPatches[0].patch.value.typed_extension_protocol_options'],
  },
  // What is named as nothing is on the way in acts on the way out.
  ...['{name: "b.default.svc.cluster.local:80"}', '{domainName: b.test}', '{route: {name: two}}'].map((vhost) => ({
    about: `a route that stands before others, for any context, at ${vhost}`,
    patch: `applyTo: HTTP_ROUTE, match: {routeConfiguration: {vhost: ${vhost}}}, patch: {operation: INSERT_BEFORE, value: {match: {prefix: /}, direct_response: {status: 202}}}`,
    reported: [],
  })),
  ...['{name: "inbound|http|80"}', '{domainName: "*"}', '{route: {name: default}}', '{}'].map((vhost) => ({
    about: `a route for any context that may stand before that of a workload, at ${vhost}`,
    patch: `applyTo: HTTP_ROUTE, match: {context: ANY, routeConfiguration: {vhost: ${vhost}}}, patch: {operation: INSERT_BEFORE, value: {match: {prefix: /}}}`,
    reported: ['spec.configPatches[0]'],
  })),
  ...(
    [
      ['name: "outbound|80||b.test"', true],
      ['subset: v1', true],
      ['service: b.test', false],
    ] as const
  ).map(([cluster, acts]) => ({
    about: `a cluster for any context, by ${cluster}`,
    patch: `applyTo: CLUSTER, match: {cluster: {${cluster}}}, patch: {operation: REMOVE}`,
    reported: acts ? [] : ['spec.configPatches[0]'],
  })),
  {
    about: 'a filter of HTTP that is not modelled',
    patch: `applyTo: HTTP_FILTER, patch: {operation: INSERT_BEFORE, value: {name: a, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.ip_tagging.v3.IPTagging}}}`,
    reported: ['spec.configPatches[0]'],
  },
  {
    about: 'a script',
    patch: lua('inlineCode: "function envoy_on_request(h) local load = h:headers() load:add(\'x-loaded\', os.time()) end"'),
    reported: [],
  },
  ...['h:bodyChunks()', 'h : metadata():get(1)', 'io.open(1)', "require 'x'", 'os.getenv(1)', 'h:streamInfo():filterState()'].map((asks) => ({
    about: `a script that asks for what is not modelled: ${asks}`,
    patch: lua(`source_codes: {a: {inline_string: "function envoy_on_request(h) ${asks} end"}}`),
    reported: ['spec.configPatches[0].patch.value.typed_config.source_codes.a.inline_string'],
  })),
  { about: 'a bucket of tokens', patch: limiting('stat_prefix: a, token_bucket: {max_tokens: 1, fill_interval: 1s}'), reported: [] },
  {
    about: 'a bucket for each of several kinds of requests',
    patch: limiting('stat_prefix: a, token_bucket: {max_tokens: 1, fill_interval: 1s}, descriptors: [{}]'),
    reported: ['spec.configPatches[0].patch.value.typed_config.value.descriptors'],
  },
  {
    about: 'how large requests may be',
    patch: `applyTo: HTTP_FILTER, patch: {operation: INSERT_FIRST, value: {name: a, typed_config: {"@type": ${buffer}, max_request_bytes: 1024}}}`,
    reported: [],
  },
  {
    about: 'what routes tell a filter, or that it is off',
    patch: `applyTo: HTTP_ROUTE, patch: {operation: MERGE, value: {typed_per_filter_config: {envoy.filters.http.buffer: {"@type": ${buffer}PerRoute, disabled: true}, envoy.filters.http.fault: {"@type": type.googleapis.com/envoy.config.route.v3.FilterConfig, disabled: true}}}}`,
    reported: [],
  },
  {
    about: 'what routes tell a filter, in what says that it is there',
    patch: `applyTo: HTTP_ROUTE, patch: {operation: MERGE, value: {typed_per_filter_config: {envoy.filters.http.fault: {"@type": type.googleapis.com/envoy.config.route.v3.FilterConfig, config: {"@type": ${fault}, max_active_faults: 2}}}}}`,
    reported: ['spec.configPatches[0].patch.value.typed_per_filter_config.envoy.filters.http.fault.config.max_active_faults'],
  },
  {
    about: 'faults, but for how fast answers come',
    patch: `applyTo: HTTP_FILTER, match: {context: GATEWAY}, patch: {operation: INSERT_FIRST, value: {name: envoy.filters.http.fault, typed_config: {"@type": ${fault}, abort: {header_abort: {}, percentage: {numerator: 100}}, headers: [{name: x-a, present_match: true}], response_rate_limit: {header_limit: {}}}}}`,
    reported: ['spec.configPatches[0].patch.value.typed_config.response_rate_limit'],
  },
  {
    about: 'faults in the filter that istiod has put in',
    patch: `applyTo: HTTP_FILTER, match: {context: GATEWAY, listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager, subFilter: {name: envoy.filters.http.fault}}}}}, patch: {operation: MERGE, value: {name: envoy.filters.http.fault, typed_config: {"@type": ${fault}, abort: {http_status: 503, percentage: {numerator: 100}}}}}`,
    reported: [],
  },
  {
    about: 'headers that a filter writes, but for whom a request is for',
    patch: `applyTo: HTTP_FILTER, match: {context: GATEWAY}, patch: {operation: INSERT_FIRST, value: {name: a, disabled: true, typed_config: {"@type": ${mutation}, mutations: {request_mutations: [{remove: x-a}, {append: {header: {key: ":path", value: /}}}, {append: {header: {key: host, value: a}}}], response_mutations: [{remove_on_match: {key_matcher: {prefix: x}}}]}}}}`,
    reported: [
      'spec.configPatches[0].patch.value.typed_config.mutations.request_mutations[1].append.header.key',
      'spec.configPatches[0].patch.value.typed_config.mutations.request_mutations[2].append.header.key',
      'spec.configPatches[0].patch.value.typed_config.mutations.response_mutations[0].remove_on_match',
    ],
  },
  {
    about: 'passwords, but for those of a file',
    patch: `applyTo: HTTP_FILTER, match: {context: GATEWAY}, patch: {operation: INSERT_FIRST, value: {name: a, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.basic_auth.v3.BasicAuth, users: {filename: /a}, allow_missing: true}}}`,
    reported: ['spec.configPatches[0].patch.value.typed_config.users.filename'],
  },
  {
    about: 'origins',
    patch: `applyTo: HTTP_FILTER, match: {context: GATEWAY}, patch: {operation: INSERT_FIRST, value: {name: a, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.csrf.v3.CsrfPolicy, filter_enabled: {default_value: {numerator: 100}}, additional_origins: [{exact: b}]}}}`,
    reported: [],
  },
  {
    about: 'texts that are kept, but for those that mean something to Envoy',
    patch: `applyTo: HTTP_FILTER, match: {context: GATEWAY}, patch: {operation: INSERT_FIRST, value: {name: a, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.set_filter_state.v3.Config, on_request_headers: [{object_key: a, factory_key: envoy.string, format_string: {text_format: a}}, {object_key: envoy.tcp_proxy.cluster, factory_key: envoy.tcp_proxy.cluster}]}}}`,
    reported: [
      'spec.configPatches[0].patch.value.typed_config.on_request_headers[1].object_key',
      'spec.configPatches[0].patch.value.typed_config.on_request_headers[1].factory_key',
    ],
  },
  ...(
    [
      ['SIDECAR_OUTBOUND', 'INSERT_FIRST', tcpProxy, []],
      ['GATEWAY', 'INSERT_BEFORE', tcpProxy, []],
      ['GATEWAY', 'INSERT_BEFORE', 'istio.stats', ['spec.configPatches[0].match.listener.filterChain.filter.name']],
      ['SIDECAR_INBOUND', 'INSERT_FIRST', tcpProxy, ['spec.configPatches[0]']],
      ['ANY', 'INSERT_FIRST', tcpProxy, ['spec.configPatches[0]']],
    ] as const
  ).map(([context, operation, name, reported]) => ({
    about: `how many connections there may be, of ${context} by ${operation} at ${name}`,
    patch: `applyTo: NETWORK_FILTER, match: {context: ${context}, listener: {filterChain: {filter: {name: ${name}}}}}, patch: {operation: ${operation}, value: {name: a, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit, stat_prefix: a, max_connections: 1}}}`,
    reported: [...reported],
  })),
  {
    about: 'what is decompressed, and of what else a route might tell that filter',
    patch: `applyTo: HTTP_ROUTE, ${outbound}, patch: {operation: MERGE, value: {typed_per_filter_config: {envoy.filters.http.decompressor: {"@type": type.googleapis.com/envoy.config.route.v3.FilterConfig, disabled: true, config: {}}}}}`,
    reported: ['spec.configPatches[0].patch.value.typed_per_filter_config.envoy.filters.http.decompressor.config'],
  },
  {
    about: 'a filter behind another',
    patch: `${limiting('stat_prefix: a').replace('INSERT_BEFORE', 'INSERT_AFTER')}`,
    reported: ['spec.configPatches[0]'],
  },
  {
    about: 'a route of a sidecar towards its workload, where only headers can be changed',
    patch: 'applyTo: HTTP_ROUTE, match: {context: SIDECAR_INBOUND}, patch: {operation: MERGE, value: {route: {timeout: 1s}}}',
    reported: ['spec.configPatches[0].patch.value.route'],
  },
  {
    about: 'headers that are written where there are some, or none',
    patch: `applyTo: VIRTUAL_HOST, patch: {operation: MERGE, value: {request_headers_to_add: [{header: {key: a, value: b}, append_action: ADD_IF_ABSENT}, {header: {key: a, value: b}, append_action: OVERWRITE_IF_EXISTS}]}}`,
    reported: [],
  },
  {
    about: 'what is tried again, where, and when',
    patch: `applyTo: HTTP_ROUTE, ${outbound}, patch: {operation: MERGE, value: {route: {retry_policy: {retry_back_off: {base_interval: 1s}, host_selection_retry_max_attempts: "5", retriable_headers: [{name: a, present_match: true}, {name: ":status", exact_match: "200"}]}, hash_policy: [{header: {header_name: a}}, {filter_state: {key: a}}], rate_limits: [{}]}}}`,
    reported: [
      'spec.configPatches[0].patch.value.route.retry_policy.retriable_headers[1].name',
      'spec.configPatches[0].patch.value.route.hash_policy[1].filter_state',
    ],
  },
  {
    about: 'how long bytes are passed on',
    patch: `applyTo: NETWORK_FILTER, match: {context: SIDECAR_OUTBOUND, listener: {filterChain: {filter: {name: ${tcpProxy}}}}}, patch: {operation: MERGE, value: {name: ${tcpProxy}, typed_config: {idle_timeout: 1s}}}`,
    reported: [],
  },
  {
    about: 'how long bytes are passed on to a workload',
    patch: `applyTo: NETWORK_FILTER, match: {listener: {filterChain: {filter: {name: ${tcpProxy}}}}}, patch: {operation: MERGE, value: {name: ${tcpProxy}, typed_config: {idle_timeout: 1s}}}`,
    reported: ['spec.configPatches[0].patch.value.name', 'spec.configPatches[0].patch.value.typed_config.idle_timeout'],
  },
  {
    about: 'what proxies are started with',
    patch: `applyTo: BOOTSTRAP, patch: {operation: MERGE, value: {stats_config: {stats_tags: []}, layered_runtime: {}}}`,
    reported: ['spec.configPatches[0].patch.value.layered_runtime'],
  },
  {
    about: 'sockets of listeners',
    patch: `applyTo: LISTENER, patch: {operation: MERGE, value: {socket_options: [{level: 1}], traffic_direction: INBOUND}}`,
    reported: ['spec.configPatches[0].patch.value.traffic_direction'],
  },
  { about: 'a config that no filter refers to', patch: 'applyTo: EXTENSION_CONFIG, patch: {operation: ADD, value: {name: a}}', reported: [] },
  // ANY is inbound, too.
  { about: 'a route removed everywhere', patch: 'applyTo: HTTP_ROUTE, patch: {operation: REMOVE}', reported: ['spec.configPatches[0]'] },
  {
    about: 'a match of nothing',
    patch: 'applyTo: HTTP_ROUTE, match: {routeConfiguration: null, cluster: null}, patch: {operation: REMOVE}',
    reported: ['spec.configPatches[0]'],
  },
  { about: 'a route removed on the way out', patch: `applyTo: HTTP_ROUTE, ${outbound}, patch: {operation: REMOVE}`, reported: [] },
  {
    about: 'keepalive and timeouts of connections, which nothing here is slow enough for',
    patch: `applyTo: CLUSTER, patch: {operation: MERGE, value: {connect_timeout: 1s, upstream_connection_options: {tcp_keepalive: {keepalive_time: 10}}}}`,
    reported: [],
  },
  {
    about: 'a connection manager',
    patch: `applyTo: NETWORK_FILTER, match: {context: GATEWAY}, patch: {operation: MERGE, value: {typed_config: {"@type": ${hcm}, xff_num_trusted_hops: 1, normalize_path: true, append_x_forwarded_port: true, generateRequestId: false}}}`,
    reported: [],
  },
  {
    about: 'hosts, sizes and times of a connection manager',
    patch: `applyTo: NETWORK_FILTER, match: {context: GATEWAY}, patch: {operation: MERGE, value: {typed_config: {"@type": ${hcm}, use_remote_address: true, strip_any_host_port: true, max_request_headers_kb: 96, stream_idle_timeout: 1s, common_http_protocol_options: {headers_with_underscores_action: DROP_HEADER}, http_protocol_options: {accept_http_10: true}}}}`,
    reported: [],
  },
  {
    about: 'what a route says of rates, and a filter that it does not know the effect of',
    patch: `applyTo: HTTP_ROUTE, patch: {operation: MERGE, value: {typed_per_filter_config: {envoy.filters.http.local_ratelimit: {"@type": type.googleapis.com/udpa.type.v1.TypedStruct, type_url: ${limit}, value: {stat_prefix: a, descriptors: [{}]}}, envoy.filters.http.ip_tagging: {disabled: true}}}}`,
    reported: [
      'spec.configPatches[0].patch.value.typed_per_filter_config.envoy.filters.http.local_ratelimit.value.descriptors',
      'spec.configPatches[0].patch.value.typed_per_filter_config.envoy.filters.http.ip_tagging',
    ],
  },
  {
    about: 'a header of the PROXY protocol at gateways',
    patch: `applyTo: LISTENER, match: {context: GATEWAY}, patch: {operation: MERGE, value: {listener_filters: [{name: envoy.filters.listener.proxy_protocol}]}}`,
    reported: [],
  },
  {
    about: 'the same everywhere',
    patch: `applyTo: LISTENER, patch: {operation: MERGE, value: {listener_filters: [{name: envoy.filters.listener.proxy_protocol}]}}`,
    reported: ['spec.configPatches[0].patch.value.listener_filters'],
  },
  {
    about: 'a sidecar that looks at the connection for who its client is',
    patch: `applyTo: NETWORK_FILTER, ${outbound}, patch: {operation: MERGE, value: {typed_config: {"@type": ${hcm}, use_remote_address: true}}}`,
    reported: ['spec.configPatches[0].patch.value.typed_config.use_remote_address'],
  },
  {
    about: 'what a connection manager does to paths that the mesh does not do',
    patch: `applyTo: NETWORK_FILTER, match: {context: GATEWAY}, patch: {operation: MERGE, value: {typed_config: {"@type": ${hcm}, normalize_path: false, merge_slashes: true}}}`,
    reported: ['spec.configPatches[0].patch.value.typed_config.normalize_path'],
  },
  {
    about: 'how many headers a gateway takes',
    patch: `applyTo: NETWORK_FILTER, match: {context: GATEWAY}, patch: {operation: MERGE, value: {typed_config: {"@type": ${hcm}, common_http_protocol_options: {max_headers_count: 5}}}}`,
    reported: [],
  },
  {
    about: 'answers of a proxy’s own, with what is known of them',
    patch: `applyTo: NETWORK_FILTER, match: {context: GATEWAY}, patch: {operation: MERGE, value: {typed_config: {"@type": ${hcm}, local_reply_config: {body_format: {json_format: {a: {b: "%RESPONSE_CODE% %LOCAL_REPLY_BODY%"}}}}}}}`,
    reported: [],
  },
  {
    about: 'and with what is not',
    patch: `applyTo: NETWORK_FILTER, match: {context: GATEWAY}, patch: {operation: MERGE, value: {typed_config: {"@type": ${hcm}, local_reply_config: {mappers: [{filter: {duration_filter: {}}}], body_format: {json_format: {a: {b: "%START_TIME%", c: "%TRACE_ID%"}}}}}}}`,
    reported: [
      'spec.configPatches[0].patch.value.typed_config.local_reply_config.mappers[0].filter.duration_filter',
      'spec.configPatches[0].patch.value.typed_config.local_reply_config.body_format.json_format.a.c',
    ],
  },
  {
    about: 'how many headers the receiver takes, to which its sender adds some',
    patch: `applyTo: NETWORK_FILTER, patch: {operation: MERGE, value: {typed_config: {"@type": ${hcm}, common_http_protocol_options: {max_headers_count: 5}}}}`,
    reported: ['spec.configPatches[0].patch.value.typed_config.common_http_protocol_options.max_headers_count'],
  },
  {
    about: 'a chain of filters that is chosen by its name',
    patch: `applyTo: NETWORK_FILTER, match: {context: GATEWAY, listener: {filterChain: {name: a}}}, patch: {operation: MERGE, value: {typed_config: {"@type": ${hcm}}}}`,
    reported: ['spec.configPatches[0].match.listener.filterChain.name'],
  },
]

for (const { about, patch, reported } of cases)
  test(about, () => {
    const text = `apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: a}\nspec: {configPatches: [{${patch}}]}`
    const { resources, notModelled, errors } = readText(text, 'a.yaml')
    expect(errors).toEqual([])
    expect(notModelled.map(({ message }) => message)).toEqual(reported.map((path) => `${path} is not modelled`))
    // A patch acts whole or not at all.
    expect(actingPatches(resources[0]!)).toHaveLength(reported.length === 0 ? 1 : 0)
  })

test.each([
  'null',
  'x',
  '{}',
  '{applyTo: HTTP_FILTER}',
  '{applyTo: HTTP_FILTER, patch: null}',
  '{applyTo: HTTP_FILTER, patch: {operation: INSERT_FIRST, value: null}}',
])('a patch that is none does not act: %s', (patch) => {
  const text = `apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: a}\nspec: {configPatches: [${patch}]}\n`
  const { notModelled, resources } = readText(text, 'a.yaml')
  expect(notModelled.map(({ message }) => message)).toEqual(['spec.configPatches[0] is not modelled'])
  expect(resources.flatMap(actingPatches)).toEqual([])
})

test.each([
  [
    'the whole acts without them',
    `{'@type': type.googleapis.com/envoy.config.route.v3.Route, per_filter_config: {a: {}}, route: {timeout: 4s, request_headers_to_add: []}}`,
    [],
  ],
  [
    'but what it has, and is not modelled, is told',
    `{nothing: {a: 1}, route: {timeout: 4s, nothing: 1, upgrade_configs: [{upgrade_type: CONNECT}]}}`,
    ['upgrade_configs'],
  ],
])('fields of a patch that Envoy has not are left out: %s', (_, value, reported) => {
  const { notModelled, resources } = readText(
    filterWith(`{applyTo: HTTP_ROUTE, match: {context: GATEWAY}, patch: {operation: MERGE, value: ${value}}}`),
    'a.yaml',
  )
  expect(notModelled.map(({ message }) => message)).toEqual(reported.map((name) => `spec.configPatches[0].patch.value.route.${name} is not modelled`))
  expect(resources.flatMap(actingPatches)).toHaveLength(reported.length === 0 ? 1 : 0)
})

const router = '{name: envoy.filters.network.http_connection_manager, subFilter: {name: envoy.router}}'
test.each([
  ['HTTP_FILTER', 'INSERT_BEFORE', router, []],
  ['HTTP_FILTER', 'INSERT_AFTER', '{name: envoy.http_connection_manager, subFilter: {name: envoy.filters.http.cors}}', []],
  ['HTTP_FILTER', 'REMOVE', '{name: envoy.filters.network.http_connection_manager, subFilter: {name: envoy.fault}}', []],
  ['NETWORK_FILTER', 'MERGE', '{name: envoy.http_connection_manager}', []],
  ['HTTP_FILTER', 'ADD', router, ['spec.configPatches[0] is not modelled']],
  ['NETWORK_FILTER', 'ADD', '{name: envoy.tcp_proxy}', ['spec.configPatches[0] is not modelled']],
])('who looks for a filter by its earlier name finds none: %s %s %s', (applyTo, operation, filter, reported) => {
  const patch = `{applyTo: ${applyTo}, match: {listener: {filterChain: {filter: ${filter}}}}, patch: {operation: ${operation}, value: {name: a, what: ever}}}`
  const { notModelled, resources } = readText(filterWith(patch), 'a.yaml')
  expect(notModelled.map(({ message }) => message)).toEqual(reported)
  expect(resources.flatMap(actingPatches)).toEqual([])
})

function filterWith(patch: string): string {
  return `apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: a}\nspec: {configPatches: [${patch}]}\n`
}
