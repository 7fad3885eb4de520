import type { ObservedCall } from '../../vectors/mesh-observed/case.ts'
import type { Draw } from '../draw.ts'
import { type Document, document, securityDocument } from './document.ts'
import type { Json } from './matches.ts'
import { meshConfigFor } from './mesh-config.ts'
import type { GeneratedMesh } from './mesh.ts'
import { nameOf } from './recorded.ts'
import { changedService } from './service-changes.ts'
import { labelsOf, type NamedHost, type Surroundings } from './surroundings.ts'

type Addition = (draw: Draw, mesh: GeneratedMesh, around: Surroundings) => GeneratedMesh

/** A recorded mesh, and beside it what its author did not think of: further rules for its hosts, other services, settings of the mesh, other callers. */
export function withAdditions(draw: Draw, mesh: GeneratedMesh, around: Surroundings): GeneratedMesh {
  const grown = draw.many(1, 4, () => draw.one(additions)).reduce((grown, add) => add(draw, grown, around), mesh)
  return { ...grown, calls: calls(draw, grown, around) }
}

const namespaces = ['default', 'default', 'other', 'istio-system', 'prod']
const exports_: readonly Json[] = [
  {},
  {},
  { exportTo: ['*'] },
  { exportTo: ['.'] },
  { exportTo: ['other'] },
  { exportTo: ['default', 'istio-system'] },
]

const secondRule: Addition = (draw, mesh, around) =>
  beside(draw, mesh, around, draw.one(['VirtualService', 'VirtualService', 'DestinationRule', 'DestinationRule', 'ServiceEntry']))

/** Of a kind: as one that was recorded elsewhere, for a host of this mesh. */
function beside(draw: Draw, mesh: GeneratedMesh, around: Surroundings, kind: string): GeneratedMesh {
  const templates = around.others(kind)
  const hosts = around.hosts(mesh)
  if (templates.length === 0 || hosts.length === 0) return mesh
  const template = draw.one(templates)
  const { host } = draw.one(hosts)
  const { gateways, exportTo: _, ...spec } = inFull(template)
  const fields: Json = kind === 'DestinationRule' ? { host } : { hosts: [host] }
  return plus(mesh, {
    ...template,
    metadata: { name: `second-${mesh.config.length}`, namespace: draw.one(namespaces) },
    spec: { ...spec, ...(gateways !== undefined && draw.chance(0.5) && { gateways }), ...fields, ...draw.one(exports_) },
  })
}

/** Short names of destinations, as they are read in the rule's own namespace. */
function inFull({ metadata, spec }: Document): Json {
  const text = JSON.stringify(spec ?? {}).replace(/"host":"([a-z0-9-]+)"/g, `"host":"$1.${metadata.namespace ?? 'default'}.svc.cluster.local"`)
  return JSON.parse(text) as Json
}

const sidecar: Addition = (draw, mesh, around) => {
  const hosts = around.hosts(mesh)
  const caller = draw.one(around.having('Deployment', mesh))
  const selects = draw.chance(0.5)
  const egress = draw.many(0, 2, (i) => listener(draw, hosts, i))
  const spec = {
    ...(selects && { workloadSelector: { labels: labelsOf(caller.spec) } }),
    egress: [...egress, ...(egress.length === 0 || draw.chance(0.7) ? [{ hosts: hostsOf(draw, hosts) }] : [])],
    ...draw.maybe(0.2, () => ({ outboundTrafficPolicy: { mode: draw.one(['REGISTRY_ONLY', 'ALLOW_ANY']) } })),
  }
  const namespace = selects ? caller.metadata.namespace : draw.one([caller.metadata.namespace, 'istio-system'])
  return plus(mesh, document('Sidecar', `sight-${mesh.config.length}`, namespace, spec))
}

function listener(draw: Draw, hosts: readonly NamedHost[], index: number): Json {
  const number = draw.one([80, 9090, ...hosts.flatMap(({ ports }) => ports)])
  return {
    port: { number, name: `port-${index}`, protocol: draw.one(['HTTP', 'HTTP', 'HTTP2', 'GRPC', 'TCP', 'TLS', 'HTTPS']) },
    hosts: hostsOf(draw, hosts),
    ...draw.maybe(0.15, () => ({ captureMode: draw.one(['DEFAULT', 'IPTABLES', 'NONE']) })),
    ...draw.maybe(0.1, () => ({ bind: draw.one(['127.0.0.1', '0.0.0.0', '10.96.20.2']) })),
  }
}

function hostsOf(draw: Draw, hosts: readonly NamedHost[]): readonly string[] {
  const named = draw.many(1, 3, () => `${draw.one(['*', '.', 'default', 'other'])}/${draw.one(hosts).host}`)
  return draw.one([['*/*'], ['./*'], ['./*', 'istio-system/*'], ['*/*.svc.cluster.local'], named, named, [...named, './*']])
}

const service: Addition = (draw, mesh, around) => {
  const services = around.services(mesh)
  if (services.length === 0) return mesh
  const changed = changedService(draw, draw.one(services))
  return plus({ ...mesh, config: mesh.config.filter((one) => nameOf(one) !== nameOf(changed)) }, changed)
}

/** More pods of a service. */
const workload: Addition = (draw, mesh, around) => {
  const deployment = draw.one(around.having('Deployment', mesh))
  const name = `${deployment.metadata.name}-more`
  if (labelsOf(deployment.spec)['istio'] !== undefined || around.having('Deployment', mesh).some(({ metadata }) => metadata.name === name))
    return mesh
  const labels = { ...labelsOf(deployment.spec), version: draw.one(['v1', 'v2', 'v9']) }
  const template = deployment.spec['template'] as Json
  const spec = {
    ...deployment.spec,
    replicas: 1,
    selector: { matchLabels: labels },
    template: { ...template, metadata: { ...(template['metadata'] as Json), labels } },
  }
  return plus(mesh, { ...deployment, metadata: { name, namespace: deployment.metadata.namespace }, spec })
}

const meshConfig: Addition = (draw, mesh) => ({ ...mesh, meshConfig: { ...mesh.meshConfig, ...meshConfigFor(draw) } })

const modes = ['STRICT', 'PERMISSIVE', 'DISABLE', 'UNSET']

const peerAuthentication: Addition = (draw, mesh, around) => {
  const of = draw.one(around.having('Deployment', mesh))
  const selects = draw.chance(0.5)
  const ports = draw.some(['8080', '9090', '80', '9000'], 1, 2)
  const spec = {
    ...(selects && { selector: { matchLabels: labelsOf(of.spec) } }),
    mtls: { mode: draw.one(modes) },
    ...(selects && draw.maybe(0.5, () => ({ portLevelMtls: Object.fromEntries(ports.map((port) => [port, { mode: draw.one(modes) }])) }))),
  }
  const namespace = selects || draw.chance(0.6) ? of.metadata.namespace : 'istio-system'
  return plus(mesh, securityDocument('PeerAuthentication', `peers-${mesh.config.length}`, namespace, spec))
}

const withReceivers: Addition = (draw, mesh, around) => {
  const receivers = draw.some(around.callers(mesh), 1, 3)
  return { ...mesh, inbound: [...new Set([...(mesh.inbound ?? []), ...receivers])] }
}

const additions: readonly Addition[] = [
  ...[secondRule, secondRule, secondRule, secondRule],
  ...[sidecar, service, service, service, workload, meshConfig, meshConfig, peerAuthentication, withReceivers],
]

function plus(mesh: GeneratedMesh, one: Document): GeneratedMesh {
  return { ...mesh, config: [...mesh.config, one] }
}

/** Some to another port or host, some from another workload. */
function calls(draw: Draw, mesh: GeneratedMesh, around: Surroundings): readonly ObservedCall[] {
  const callers = around.callers(mesh)
  const caller = callers.length > 0 ? draw.one(callers) : 'a.default'
  const hosts = around.hosts(mesh).filter(({ ports }) => ports.length > 0)
  return mesh.calls.map((call) => {
    if (!/^[\w-]+\.[\w-]+$/.test(call.from)) return call
    const readdresses = hosts.length > 0 && draw.chance(0.3)
    const request = readdresses ? readdressed(draw, call.request, draw.one(hosts)) : call.request
    return { ...call, request, ...(draw.chance(0.3) && !isOwn(caller, request) && { from: caller }) }
  })
}

/** Of what a pod sends to itself the log is that of either side. */
function isOwn(caller: string, request: string): boolean {
  return request.includes(`://${caller[0]}`)
}

function readdressed(draw: Draw, request: string, { host, ports }: NamedHost): string {
  return request.replace(/^(\S+ \w+:\/\/)[^/]*/, (_, before: string) => `${before}${host}:${draw.one(ports)}`)
}
