import type { Endpoint } from '../../ir/cluster.ts'
import type { Registry, Service, ServicePort } from '../../registry/registry.ts'
import type { DestinationRule, Subset } from './destination-rule.ts'
import type { TrafficPolicy } from './destination-rule-types.ts'
import type { PeerAuthentications } from '../authentication/peer-authentication.ts'

/**
 * May clients begin mutual TLS with a service of which no rule says how? It is a guess, made before anybody knows whom a connection is for: policies of single
 * workloads do not count, but where the client chooses the endpoint itself all of them have to take it.
 * Source: Istio `model/push_context.go` BestEffortInferServiceMTLSMode.
 */
export function infersMutualTls(
  service: Service,
  port: ServicePort,
  policy: TrafficPolicy | undefined,
  { registry, peerAuthentications }: { readonly registry: Registry; readonly peerAuthentications: PeerAuthentications },
): boolean {
  if (service.external) return false
  if (service.headless || service.resolution === 'none' || policy?.loadBalancer?.simple === 'PASSTHROUGH') {
    const endpoints = registry.endpoints(service, port.number)
    if (endpoints.length === 0 || endpoints.some(({ tlsMode }) => tlsMode === 'disabled')) return false
  }
  return peerAuthentications.modeOfNamespace(service.namespace) !== 'disable'
}

/** The mode of TLS that a rule names for a port; `undefined` where it names none. Source: Istio `xds/endpoints/mtls_checker.go` tlsModeForDestinationRule. */
export function tlsModeOf(rule: DestinationRule | undefined, subset: Subset | null, port: number): string | undefined {
  return modeIn(subset?.trafficPolicy, port) ?? modeIn(rule?.trafficPolicy, port)
}

function modeIn(policy: TrafficPolicy | undefined, port: number): string | undefined {
  const ofPort = policy?.portLevelSettings?.find((setting) => setting.port?.number === port && setting.tls !== undefined)
  const tls = ofPort?.tls ?? policy?.tls
  return tls && (tls.mode ?? 'DISABLE')
}

/** Does a client begin mutual TLS with an endpoint? What the rule says goes before what the endpoint does. Source: the same file, checkMtlsEnabled. */
export function takesMutualTls(
  { tlsMode, workload, labels, port }: Endpoint,
  ruled: string | undefined,
  peerAuthentications: PeerAuthentications,
): boolean {
  if (tlsMode !== 'istio') return false
  if (ruled !== undefined) return ruled === 'ISTIO_MUTUAL'
  return peerAuthentications.modeOf({ namespace: workload.namespace, labels }, port) !== 'disable'
}
