import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readPaths } from '../../../../mesh-core/config/load.ts'
import { readText } from '../../../../mesh-core/config/read.ts'
import { createMesh } from '../../../../mesh-core/create-mesh.ts'
import { ownSamples } from '../../../package.ts'
import { baseResources } from '../../deployment/base.ts'
import { envoyForTests } from '../envoy-for-tests.ts'
import { refusalOf } from '../validate.ts'
import type { Json } from './json.ts'
import { proxyResources } from './proxy-resources.ts'

const path = await envoyForTests()
const rules = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: default}
spec:
  hosts: [reviews]
  http:
  - match: [{uri: {exact: /x}, statPrefix: x, queryParams: {q: {exact: "1"}}, withoutHeaders: {b: {exact: c}}, headers: {a: {regex: "x.*"}, e: {prefix: p}, f: {}}}]
    fault: {delay: {percentage: {value: 10}, fixedDelay: 2s}, abort: {percentage: {value: 5}, httpStatus: 418}}
    rewrite: {uri: /y, authority: foo}
    mirror: {host: ratings}
    headers: {request: {set: {h: v}, add: {i: j}, remove: [k]}, response: {set: {h: v}, add: {i: j}, remove: [k]}}
    corsPolicy: {allowOrigins: [{exact: "http://a"}], allowMethods: [GET], maxAge: 24h, allowCredentials: true}
    retries: {attempts: 3, perTryTimeout: 2s, retryOn: "5xx,503", retryRemoteLocalities: true}
    timeout: 5s
    route: [{destination: {host: reviews, subset: v1}, weight: 30}, {destination: {host: reviews, subset: v3}, weight: 70, headers: {request: {set: {host: zz}}}}]
  - match: [{uri: {regex: "/z.*"}}]
    redirect: {uri: /foo, authority: bar, redirectCode: 302, port: 81, scheme: https}
  - match: [{uri: {prefix: /w}, ignoreUriCase: true}]
    rewrite: {uriRegexRewrite: {match: "/w(.*)", rewrite: '/v\\1'}}
    route: [{destination: {host: reviews, subset: v1}}]
  - match: [{uri: {prefix: /dr}}]
    directResponse: {status: 503, body: {string: hello}}
  - route: [{destination: {host: reviews}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: default}
spec:
  host: reviews
  trafficPolicy:
    loadBalancer: {simple: RANDOM}
    connectionPool: {http: {maxRequestsPerConnection: 3}, tcp: {connectTimeout: 1s}}
    outlierDetection: {consecutive5xxErrors: 3, interval: 5s}
  subsets: [{name: v1, labels: {version: v1}}, {name: v3, labels: {version: v3}, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}}]
`

function configOf(workload: string) {
  const mesh = createMesh()
  const files = ['platform/kube/bookinfo.yaml', 'networking/bookinfo-gateway.yaml'].map((file) => join(ownSamples, 'bookinfo', file))
  mesh.apply([...baseResources(), ...readPaths(files).resources, ...readText(rules, 'rules.yaml').resources])
  return proxyResources(mesh.proxyConfig(mesh.registry.workloads.find(({ ref }) => ref.name === workload)!.ref)!)
}

describe.skipIf(path === null)('Envoy takes what a proxy is told', () => {
  test.each(['productpage-v1', 'istio-ingressgateway'])('%s', async (workload) => {
    const { routes, clusters } = configOf(workload)
    expect(routes.length).toBeGreaterThan(0)
    // Endpoints by EDS need a server that is not there: the cluster's own fields are what is looked at.
    const alone = clusters.map((cluster) => (cluster['type'] === 'EDS' ? { ...without(cluster, 'eds_cluster_config'), type: 'STATIC' } : cluster))
    expect(await refusalOf(path!, { routes, clusters: alone })).toBeNull()
  })

  test('and says what it does not take', async () => {
    const { routes } = configOf('productpage-v1')
    const [table] = routes as unknown as [Json & { readonly virtual_hosts: readonly Json[] }]
    const spoilt = { ...table, virtual_hosts: [...table.virtual_hosts, { name: 'another', domains: ['*'] }] }
    expect(await refusalOf(path!, { routes: [spoilt] })).toContain('Only a single wildcard domain is permitted')
  })
})

test('the words are those that istiod writes', () => {
  const { routes, clusters } = configOf('productpage-v1')
  const table = routes.find(({ name }) => name === '9080') as unknown as {
    readonly virtual_hosts: readonly { readonly name: string; readonly routes: readonly Json[] }[]
  }
  const [first] = table.virtual_hosts.find(({ name }) => name.startsWith('reviews.'))!.routes
  // As observed: istiod's own answer to the same rule.
  expect(first).toMatchObject({
    match: {
      path: '/x',
      case_sensitive: true,
      query_parameters: [{ name: 'q', string_match: { exact: '1' } }],
    },
    route: {
      weighted_clusters: {
        clusters: [
          { name: 'outbound|9080|v1|reviews.default.svc.cluster.local', weight: 30 },
          { name: 'outbound|9080|v3|reviews.default.svc.cluster.local', weight: 70, host_rewrite_literal: 'zz' },
        ],
      },
      prefix_rewrite: '/y',
      host_rewrite_literal: 'foo',
      timeout: '5s',
      max_grpc_timeout: '5s',
      retry_policy: {
        retry_on: '5xx,retriable-status-codes',
        num_retries: 3,
        per_try_timeout: '2s',
        retriable_status_codes: [503],
        host_selection_retry_max_attempts: '5',
        retry_priority: { typed_config: { update_frequency: 2 } },
      },
    },
    stat_prefix: 'x',
    request_headers_to_remove: ['k'],
    typed_per_filter_config: {
      'envoy.filters.http.fault': { delay: { fixed_delay: '2s', percentage: { numerator: 100000, denominator: 'MILLION' } } },
      'envoy.filters.http.cors': { allow_methods: 'GET', max_age: '86400' },
    },
  })
  expect(clusters.find(({ name }) => name === 'outbound|9080|v1|reviews.default.svc.cluster.local')).toMatchObject({
    type: 'EDS',
    lb_policy: 'RANDOM',
    connect_timeout: '1s',
    outlier_detection: { consecutive_5xx: 3, enforcing_consecutive_5xx: 100, enforcing_success_rate: 0, enforcing_failure_percentage: 0 },
  })
})

function without(message: Json, field: string): Json {
  return Object.fromEntries(Object.entries(message).filter(([name]) => name !== field))
}
