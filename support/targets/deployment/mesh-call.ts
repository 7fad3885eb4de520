import { MeshSpecError } from '../../../mesh-core/config/errors.ts'
import type { Resource } from '../../../mesh-core/config/resource.ts'
import type { WorkloadRef } from '../../../mesh-core/ir/cluster.ts'
import type { MeshCall } from '../../../mesh-core/mesh.ts'
import type { Registry, WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import type { Call, ServiceRef } from '../target.ts'
import { bindingsIn, claimOfGateway, claimOfIngress, type Destination } from './gateway-of-host.ts'

/** The gateway's address as clients outside know it; a documentation address (RFC 5737), since no cloud gave one. */
const gatewayAddress = '192.0.2.1'

/**
 * A sentence's request as the engine takes it.
 * @throws MeshSpecError INVALID_REQUEST
 */
export function meshCall(
  { from, method, target, headers, body, tls, protocol, messages }: Call,
  registry: Registry,
  resources: () => readonly Resource[],
  podOf: (service: ServiceRef) => WorkloadRef,
): MeshCall {
  const rest = {
    method,
    headers: lowerCase(headers),
    body,
    timeoutMs: null,
    ...(tls && { tls }),
    ...(protocol && { protocol }),
    ...(messages && { messages }),
  }
  if (from.kind === 'service') return { from: { kind: 'workload', ref: podOf(from.service) }, url: absolute(target, null), ...rest }
  const url = absolute(target, `http://${gatewayAddress}`)
  const to = { hostname: hostOf(rest.headers) ?? new URL(url).hostname, port: portOf(url) }
  return { from: { kind: 'gateway', ref: gatewayFor(to, registry, resources) }, url, ...rest }
}

function absolute(target: string, base: string | null): string {
  if (target.startsWith('/') && base !== null) return base + target
  if (/^(https?|tcp|udp):\/\/[^/]/.test(target) && URL.canParse(target)) return target
  const problem = `${JSON.stringify(target)} is no URL`
  const hint =
    base === null ? 'a service needs a whole URL, such as "GET http://ratings:9080/ratings/0"' : 'write a path such as "/productpage", or a URL'
  throw new MeshSpecError({ code: 'INVALID_REQUEST', origin: null, place: null, problem, hint })
}

function lowerCase(headers: Call['headers']): Call['headers'] {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

function hostOf(headers: Call['headers']): string | undefined {
  return [headers['host'] ?? []].flat()[0]?.replace(/:\d+$/, '')
}

/**
 * The pods of a Gateway of the Gateway API whose Service has the port, where there is one; else those that are there from the beginning. Of several the one that
 * config binds the host to, as DNS would lead there; where none tells, the first.
 */
function gatewayFor(to: Destination, registry: Registry, resources: () => readonly Resource[]): WorkloadRef {
  const ingress = registry.workloads.find(({ gateway, labels }) => gateway && labels['istio'] === 'ingressgateway')!
  const managed = managedWith(to.port, registry)
  if (managed.length === 0) return ingress.ref
  const bindings = bindingsIn(resources())
  const claims = managed.map((pod) => claimOfGateway({ name: pod.labels[gatewayName]!, namespace: pod.ref.namespace }, to, bindings))
  const claimOfOurs = claimOfIngress(ingress.labels, to, bindings)
  const best = Math.max(...claims)
  return claimOfOurs > best ? ingress.ref : managed[claims.findIndex((claim) => claim === best)]!.ref
}

function managedWith(port: number, { workloads, services }: Registry): readonly WorkloadInstance[] {
  return workloads.filter(
    ({ labels, ref }) =>
      labels[gatewayName] !== undefined &&
      services.some(
        ({ selector, namespace, ports }) =>
          namespace === ref.namespace && selector?.[gatewayName] === labels[gatewayName] && ports.some(({ number }) => number === port),
      ),
  )
}

const gatewayName = 'gateway.networking.k8s.io/gateway-name'
const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }

function portOf(url: string): number {
  const { port, protocol } = new URL(url)
  return port === '' ? (defaultPorts[protocol] ?? 0) : Number(port)
}
