import type { KubeObject } from '../../../../mesh-core/config/resource.ts'

/**
 * How far it acts what a scenario does: on names of its own namespaces alone; on names outside of them, for every proxy of the mesh; or on proxies whatever
 * name they are asked for.
 */
export type Reach = 'own' | 'outside' | 'mesh'

const order: readonly Reach[] = ['own', 'outside', 'mesh']

export function furthest(reaches: readonly Reach[]): Reach {
  return order[Math.max(0, ...reaches.map((reach) => order.indexOf(reach)))]!
}

export function isWithin(reach: Reach, held: Reach): boolean {
  return order.indexOf(reach) <= order.indexOf(held)
}

/** Is the namespace of the cluster one that only this part of the run uses? */
type IsOwn = (namespace: string) => boolean

/**
 * Of an object, as it goes to the cluster. What a namespace exports to others by default is seen by every sidecar; a rule for a host of its own acts only on
 * who asks for that. Source: Istio `push_context.go` (initVirtualServices, setDestinationRules, initServiceRegistry).
 */
export function reachOf(object: KubeObject, isOwn: IsOwn): Reach {
  const { apiVersion, kind, spec = {} } = object
  if (isRoute(object)) return routeReach(spec)
  if (!apiVersion.startsWith('networking.istio.io/') || staysWithin(object, isOwn)) return 'own'
  if (kind === 'ServiceEntry') return furthest([hostsReach(spec.hosts ?? [], isOwn), portsReach(spec)])
  if (kind === 'VirtualService') return actsInMesh(spec) ? hostsReach(spec.hosts ?? [], isOwn) : 'own'
  if (kind === 'DestinationRule') return hostsReach([spec.host ?? ''], isOwn)
  return 'own'
}

/** Of a request of a workload. @param host as the cluster knows it */
export function reachOfCall(host: string, isOwn: IsOwn): Reach {
  return hostsReach([host], isOwn) === 'own' ? 'own' : 'outside'
}

function isRoute({ apiVersion, kind }: KubeObject): boolean {
  return apiVersion.startsWith('gateway.networking.k8s.io/') && kind.endsWith('Route')
}

/** Routes of the Gateway API act on Gateways and Services of the scenario's, or on hosts that entries make. */
function routeReach(spec: { readonly parentRefs?: readonly { readonly kind?: string }[] }): Reach {
  return spec.parentRefs?.some(({ kind }) => kind === 'ServiceEntry' || kind === 'Hostname') ? 'outside' : 'own'
}

function staysWithin({ kind, spec = {} }: KubeObject, isOwn: IsOwn): boolean {
  const exportTo = (spec.exportTo ?? []) as readonly string[]
  if (kind === 'DestinationRule' && spec.workloadSelector) return true
  return exportTo.length > 0 && exportTo.every((namespace) => namespace === '.' || namespace === '~' || isOwn(namespace))
}

function actsInMesh({ gateways = [] }: { readonly gateways?: readonly string[] }): boolean {
  return gateways.length === 0 || gateways.includes('mesh')
}

/** Patterns that services of others fit as well. */
const everybodys = /^\*$|^\*\.(?:svc\.)?cluster\.local$|^\*\.local$/

function hostsReach(hosts: readonly string[], isOwn: IsOwn): Reach {
  if (hosts.some((host) => everybodys.test(host))) return 'mesh'
  return hosts.every((host) => isOwnHost(host, isOwn)) ? 'own' : 'outside'
}

/** A name without a dot is one of the object's own namespace, or of the sender's. */
function isOwnHost(host: string, isOwn: IsOwn): boolean {
  if (!host.includes('.') || /^[\d.]+$/.test(host)) return true
  return host
    .replace(/\.svc(?:\.cluster\.local)?$/, '')
    .split('.')
    .some((label, i) => i > 0 && isOwn(label))
}

interface EntryPorts {
  readonly addresses?: readonly string[]
  readonly ports?: readonly { readonly number: number; readonly protocol?: string }[]
}

/**
 * A port of bytes without addresses is a listener for all addresses: whoever else has that port meets it. So is one of TLS, but by the name that is asked for,
 * and 443 is nobody's for anything else. Source: Istio `listener.go` (buildSidecarOutboundListener).
 */
function portsReach({ addresses = [], ports = [] }: EntryPorts): Reach {
  const isOfAll = addresses.length === 0 || addresses.some((address) => address.includes('/'))
  const meets = ({ number, protocol = '' }: { readonly number: number; readonly protocol?: string }): boolean =>
    /^(?:TLS|HTTPS)$/i.test(protocol) ? number !== 443 : !/^(?:HTTP|HTTP2|GRPC|GRPC-WEB)$/i.test(protocol)
  return isOfAll && ports.some(meets) ? 'mesh' : 'own'
}
