import { describe, expect, test } from 'vitest'
import { readText } from '../config/load.ts'
import { applyTo, emptySnapshot } from '../config/snapshot.ts'
import type { ProxyConfig } from '../ir/proxy-config.ts'
import type { Route, VirtualHost } from '../ir/route.ts'
import { AddressBook, allocatedAddress, outsideAddress, podAddress, serviceAddress } from '../registry/addresses.ts'
import { buildRegistry } from '../registry/build-registry.ts'
import { Compiler } from './compiler.ts'

const world = `
${service('a', 'default')}
${deployment('a', 'default', { app: 'a' })}
${service('b', 'default')}
${deployment('b-v1', 'default', { app: 'b', version: 'v1' })}
${deployment('b-v2', 'default', { app: 'b', version: 'v2' })}
${service('d', 'other')}
${deployment('d', 'other', { app: 'd' })}
${deployment('istio-ingressgateway', 'istio-system', { istio: 'ingressgateway' })}
---
apiVersion: v1
kind: Service
metadata: {name: istio-ingressgateway, namespace: istio-system}
spec: {selector: {istio: ingressgateway}, ports: [{name: http2, port: 80, targetPort: 8080}]}
`

function service(name: string, namespace: string): string {
  return `---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${namespace}}
spec: {selector: {app: ${name}}, ports: [{name: http, port: 80, targetPort: 8080}, {name: http-alt, port: 9090}]}`
}

function deployment(name: string, namespace: string, labels: Record<string, string>): string {
  return `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${namespace}}
spec: {selector: {matchLabels: ${JSON.stringify(labels)}}, template: {metadata: {labels: ${JSON.stringify(labels)}}, spec: {containers: [{name: app, image: echo}]}}}`
}

function compiled(config: string, workload = 'a', namespace = 'default'): ProxyConfig {
  const read = [readText(world, 'world.yaml'), readText(config, 'config.yaml')]
  expect(read.flatMap((result) => result.errors)).toEqual([])
  const snapshot = read.reduce((before, result) => applyTo(before, result.resources), emptySnapshot)
  const registry = buildRegistry(snapshot.resources.values(), {
    pods: new AddressBook(podAddress),
    clusterIps: new AddressBook(serviceAddress),
    outside: new AddressBook(outsideAddress),
    allocations: new AddressBook(allocatedAddress),
    injects: () => true,
    inboundSidecar: () => true,
    outsideName: () => true,
  })
  return new Compiler([...snapshot.resources.values()], registry).proxyConfig({ namespace, name: workload, instance: workload })!
}

function virtualService(name: string, spec: string, extra = ''): string {
  return `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: ${name}, namespace: default${extra}}
spec: ${spec}
`
}

function host(config: ProxyConfig, name: string, table = '80'): VirtualHost | undefined {
  return config.routeTables[table]?.virtualHosts.find((virtualHost) => virtualHost.name === name)
}

function clustersOf(route: Route | undefined): string[] {
  return route?.action.kind === 'forward' ? route.action.clusters.map(({ cluster }) => cluster) : []
}

const b = 'b.default.svc.cluster.local'

describe('hosts at a sidecar', () => {
  test('a service is known by every name that DNS completes, to its own namespace by the bare one too', () => {
    const near = host(compiled(''), `${b}:80`)!
    const far = host(compiled('', 'd', 'other'), `${b}:80`)!
    expect(near.domains).toEqual([b, `${b}.`, 'b', 'b.default.svc', 'b.default', expect.stringMatching(/^10\.96/)])
    expect(far.domains).toEqual([b, `${b}.`, 'b.default.svc', 'b.default', expect.stringMatching(/^10\.96/)])
  })

  test('the oldest VirtualService owns its host, the younger does nothing', () => {
    const rule = (subset: string): string => `{hosts: [b], http: [{route: [{destination: {host: b, subset: ${subset}}}]}]}`
    const config = compiled(
      virtualService('young', rule('v1'), ', creationTimestamp: "2024-01-01T00:00:00Z"') +
        virtualService('old', rule('v2'), ', creationTimestamp: "2020-01-01T00:00:00Z"'),
    )
    expect(host(config, `${b}:80`)!.routes.flatMap(clustersOf)).toEqual([`outbound|80|v2|${b}`])
  })

  test('a VirtualService that does not concern the proxy leaves the default route', () => {
    const config = compiled(
      virtualService('b', '{hosts: [b], http: [{match: [{sourceLabels: {app: other}}], route: [{destination: {host: b, subset: v2}}]}]}'),
    )
    expect(host(config, `${b}:80`)!.routes.map((route) => route.name)).toEqual(['default'])
  })

  test('a host that is no service has rules on port 80 alone', () => {
    const config = compiled(virtualService('x', '{hosts: [x.example.com], http: [{route: [{destination: {host: b}}]}]}'))
    expect(host(config, 'x.example.com:80')?.domains).toEqual(['x.example.com'])
    expect(host(config, 'x.example.com:9090', '9090')).toBeUndefined()
  })

  test('of two wildcards and an exact host a service takes the most specific', () => {
    const rule = (hosts: string, to: string): string => `{hosts: ["${hosts}"], http: [{route: [{destination: {host: ${to}}}]}]}`
    const config = compiled(
      virtualService('wide', rule('*.svc.cluster.local', 'a')) +
        virtualService('narrow', rule('*.default.svc.cluster.local', 'd.other.svc.cluster.local')),
    )
    expect(clustersOf(host(config, `${b}:80`)!.routes[0])).toEqual(['outbound|80||d.other.svc.cluster.local'])
    expect(clustersOf(host(config, 'd.other.svc.cluster.local:80')!.routes[0])).toEqual(['outbound|80||a.default.svc.cluster.local'])
  })

  test('what nobody knows is passed on, or blocked under REGISTRY_ONLY', () => {
    const last = (config: ProxyConfig): VirtualHost => config.routeTables['80']!.virtualHosts.at(-1)!
    expect(last(compiled(''))).toMatchObject({ name: 'allow_any', domains: ['*'] })
    const blocked = compiled(
      '{apiVersion: mesh.istio.io/v1alpha1, kind: MeshConfig, metadata: {name: istio}, outboundTrafficPolicy: {mode: REGISTRY_ONLY}}',
    )
    expect(last(blocked)).toMatchObject({ name: 'block_all', routes: [{ action: { kind: 'direct-response', status: 502 } }] })
  })
})

describe('destinations', () => {
  test('without a port the listener counts at a sidecar', () => {
    const config = compiled(virtualService('b', '{hosts: [b], http: [{route: [{destination: {host: b}}]}]}'))
    expect(clustersOf(host(config, `${b}:80`)!.routes[0])).toEqual([`outbound|80||${b}`])
    expect(clustersOf(host(config, `${b}:9090`, '9090')!.routes[0])).toEqual([`outbound|9090||${b}`])
  })

  test('of several, those of weight 0 are left out; a single one needs no weight', () => {
    const split = '[{destination: {host: b, subset: v1}, weight: 0}, {destination: {host: b, subset: v2}, weight: 7}]'
    const config = compiled(virtualService('b', `{hosts: [b], http: [{route: ${split}}]}`))
    expect(clustersOf(host(config, `${b}:80`)!.routes[0])).toEqual([`outbound|80|v2|${b}`])
  })

  test('subsets take the pods that carry their labels', () => {
    const config = compiled(`
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: b, namespace: default}
spec: {host: b, subsets: [{name: v2, labels: {version: v2}}, {name: v9, labels: {version: v9}}]}`)
    const pods = (subset: string): string[] => config.clusters[`outbound|80|${subset}|${b}`]!.endpoints.map((endpoint) => endpoint.workload.name)
    expect([pods(''), pods('v2'), pods('v9')]).toEqual([['b-v1', 'b-v2'], ['b-v2'], []])
  })
})

test('another name without ports stands for its service at a gateway', () => {
  const config = compiled(
    `---
apiVersion: v1
kind: Service
metadata: {name: alias, namespace: default}
spec: {type: ExternalName, externalName: ${b}}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gw, namespace: default}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ['*']}]}
${virtualService('alias', '{hosts: [alias.example.com], gateways: [gw], http: [{route: [{destination: {host: alias, port: {number: 80}}}]}]}')}`,
    'istio-ingressgateway',
    'istio-system',
  )
  const hosts = Object.values(config.routeTables).flatMap(({ virtualHosts }) => virtualHosts)
  expect(hosts.flatMap(({ routes }) => clustersOf(routes[0]))).toEqual([`outbound|80||${b}`])
})

describe('gateways', () => {
  const gateway = (server: string): string => `---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gw, namespace: default}
spec: {selector: {istio: ingressgateway}, servers: [${server}]}
`
  const rules = virtualService('b', '{hosts: [b.example.com], gateways: [gw], http: [{route: [{destination: {host: b}}]}]}')

  test.each([80, 8080])('server port %i leads to port 8080 of the pod', (port) => {
    const config = compiled(
      gateway(`{port: {number: ${port}, name: http, protocol: HTTP}, hosts: ["*"]}`) + rules,
      'istio-ingressgateway',
      'istio-system',
    )
    expect(config.listeners.map((listener) => listener.port)).toEqual([8080])
    expect(config.routeTables['http.8080']!.virtualHosts.map(({ domains }) => domains)).toEqual([['b.example.com']])
  })

  test('rules that name a gateway do not act in the mesh', () => {
    expect(host(compiled(gateway('{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}') + rules), 'b.example.com:80')).toBeUndefined()
  })

  test('a Gateway without rules knows no host', () => {
    const config = compiled(gateway('{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}'), 'istio-ingressgateway', 'istio-system')
    expect(config.routeTables['http.8080']!.virtualHosts).toMatchObject([{ domains: ['*'], routes: [] }])
  })

  test('a server may name the namespace whose rules it takes', () => {
    const config = compiled(
      gateway('{port: {number: 80, name: http, protocol: HTTP}, hosts: ["other/*"]}') + rules,
      'istio-ingressgateway',
      'istio-system',
    )
    expect(config.routeTables['http.8080']!.virtualHosts).toMatchObject([{ routes: [] }])
  })
})
