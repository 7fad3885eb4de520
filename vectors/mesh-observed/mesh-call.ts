import type { WorkloadRef } from '../../mesh-core/ir/index.ts'
import type { MeshCall } from '../../mesh-core/mesh.ts'
import type { WorkloadInstance } from '../../mesh-core/registry/registry.ts'
import { durationMs, type ObservedCall } from './case.ts'
import type { PlayedMesh } from './played-mesh.ts'
import { headersOf } from './wire.ts'

const gatewayRef: WorkloadRef = { namespace: 'istio-system', name: 'istio-ingressgateway', instance: 'istio-ingressgateway-0' }

/** Of the recorder's client. */
const patienceMs = 60_000

/** A call as the mesh takes it. */
export function meshCallOf(call: ObservedCall, mesh: PlayedMesh): MeshCall {
  const [method, url] = [call.request.slice(0, call.request.indexOf(' ')), call.request.slice(call.request.indexOf(' ') + 1)]
  const { fields, host: ownHost } = headersOf(call)
  // At a gateway the URL's port is the server's; the recorded client did not write it into Host.
  const host =
    ownHost ?? (call.from === 'ingressgateway' || call.from.startsWith('gateway:') ? /^\w+:\/\/([^/?#:]*)/.exec(url)?.[1] : undefined) ?? null
  const headers: Record<string, string[]> = host === null ? {} : { host: [host] }
  // White space around a value belongs to the syntax of HTTP/1.1 and never leaves the parser.
  for (const [name, value] of fields) (headers[name.toLowerCase()] ??= []).push(value.replace(/^[ \t]+|[ \t]+$/g, ''))
  return {
    from: senderOf(call.from, portOf(url), mesh),
    method,
    url,
    headers,
    body: String(call.body ?? ''),
    timeoutMs: call.timeout === undefined ? patienceMs : durationMs(call.timeout),
  }
}

/** `ingressgateway`: where that has no listener on the port, the managed Gateway that has one. */
function senderOf(from: string, port: number, mesh: PlayedMesh): MeshCall['from'] {
  if (from === 'ingressgateway')
    return { kind: 'gateway', ref: listensOn(port, mesh) ?? instanceOf(gatewayRef.name, gatewayRef.namespace, mesh) ?? gatewayRef }
  const gateway = from.startsWith('gateway:')
  const [, name, namespace] = /^(?:gateway:)?(.+?)(?:\.([^.]+))?$/.exec(from)!
  if (gateway) return { kind: 'gateway', ref: managedPod(name!, namespace ?? 'default', mesh) }
  const ref = instanceOf(name!, namespace ?? 'default', mesh)
  return { kind: 'workload', ref: ref ?? { name: name!, namespace: namespace ?? 'default', instance: `${name}-0` } }
}

const gatewayName = 'gateway.networking.k8s.io/gateway-name'

function managedPod(name: string, namespace: string, mesh: PlayedMesh): WorkloadRef {
  const pod = mesh.registry.workloads.find(({ ref, labels }) => labels[gatewayName] === name && ref.namespace === namespace)
  return pod?.ref ?? { name, namespace, instance: `${name}-0` }
}

function listensOn(port: number, mesh: PlayedMesh): WorkloadRef | undefined {
  const own = instanceOf(gatewayRef.name, gatewayRef.namespace, mesh)
  const isOne = ({ labels }: WorkloadInstance): boolean => labels[gatewayName] !== undefined
  const managed = mesh.registry.workloads
    .filter(isOne)
    .toSorted((a, b) => (gatewayKey(a) < gatewayKey(b) ? -1 : 1))
    .map(({ ref }) => ref)
  if (managed.length === 0) return own
  return [...(own ? [own] : []), ...managed].find((ref) => writtenPorts(ref, mesh).some((podPort) => hasPort(podPort, port, ref, mesh)))
}

/** Those of listeners that its Envoy refuses are among them: the recorder looks at what istiod has written, which has their route tables. */
function writtenPorts(ref: WorkloadRef, mesh: PlayedMesh): readonly number[] {
  const { listeners = [], routeTables = {} } = mesh.proxyConfig(ref) ?? {}
  const ofTables = Object.keys(routeTables).flatMap((name) => /^http\.(\d+)/.exec(name)?.[1] ?? [])
  return [...listeners.map(({ port }) => port), ...ofTables.map(Number)]
}

/** By which the recorder takes one of several. */
function gatewayKey({ ref, labels }: WorkloadInstance): string {
  return `${labels[gatewayName]}.${ref.namespace}`
}

/** Is this port of the pod one that a client reaches by a port of the gateway's Service? */
function hasPort(podPort: number, port: number, ref: WorkloadRef, mesh: PlayedMesh): boolean {
  const address = mesh.registry.workload(ref)?.address
  const ends = mesh.registry.services.flatMap((service) => mesh.registry.endpoints(service, port)).filter((endpoint) => endpoint.address === address)
  return ends.length > 0 ? ends.some((endpoint) => endpoint.port === podPort) : podPort === port
}

function portOf(url: string): number {
  const port = /^\w+:\/\/[^/?#]*?:(\d+)(?:[/?#]|$)/.exec(url)?.[1]
  return port ? Number(port) : url.startsWith('https') ? 443 : 80
}

function instanceOf(name: string, namespace: string, mesh: PlayedMesh): WorkloadRef | undefined {
  return mesh.registry.workloads.find(({ ref }) => ref.name === name && ref.namespace === namespace)?.ref
}
