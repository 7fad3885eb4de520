import { undatedMs } from '../config/snapshot.ts'
import type { Resource } from '../config/resource.ts'
import type { AddressBook } from './addresses.ts'
import { declaredProtocol, protocolOf } from './protocol.ts'
import type { Service, ServicePort } from './registry.ts'
import { trafficDistribution } from './traffic-distribution.ts'

/** The cluster's DNS domain, Istio's `--domain`. */
export const clusterDomain = 'cluster.local'

export function fqdn(name: string, namespace: string): string {
  return `${name}.${namespace}.svc.${clusterDomain}`
}

/** Source: Istio `pilot/pkg/serviceregistry/kube/conversion.go` ConvertService. */
export function serviceOf(resource: Resource, addresses: AddressBook, namespaces: ReadonlyMap<string, Resource>): Service {
  const spec = resource.object['spec'] ?? {}
  const alias = spec.type === 'ExternalName'
  const headless = !alias && spec.clusterIP === 'None'
  const annotations = resource.object.metadata.annotations ?? {}
  const address: string = headless || alias ? '' : (spec.clusterIP ?? addresses.of(`${resource.namespace}/${resource.name}`))
  return {
    host: fqdn(resource.name, resource.namespace),
    name: resource.name,
    namespace: resource.namespace,
    address,
    addresses: address === '' ? [] : [address],
    allocated: [],
    headless,
    provider: 'Kubernetes',
    trafficDistribution: trafficDistribution(spec.trafficDistribution, annotations, namespaces.get(resource.namespace)),
    nodeLocal: spec.internalTrafficPolicy === 'Local',
    resolution: alias ? 'alias' : 'registry',
    externalName: alias
      ? String(spec.externalName ?? '')
          .toLowerCase()
          .replace(/\.$/, '')
      : '',
    aliases: [],
    external: false,
    subjectAltNames: [],
    ports: (spec.ports ?? []).map(portOf),
    selector: spec.selector ?? null,
    labels: resource.object.metadata.labels ?? {},
    exportTo: splitList(annotations['networking.istio.io/exportTo']),
    createdMs: createdMs(resource),
    origin: resource.origin,
  }
}

interface KubePort {
  readonly name?: string
  readonly port: number
  readonly targetPort?: number | string
  readonly nodePort?: number
  readonly protocol?: string
  readonly appProtocol?: string
}

function portOf(port: KubePort): ServicePort {
  return {
    name: port.name ?? '',
    number: port.port,
    targetPort: port.targetPort ?? port.port,
    nodePort: port.nodePort ?? null,
    protocol: protocolOf({ number: port.port, name: port.name ?? '', transport: port.protocol ?? 'TCP', appProtocol: port.appProtocol ?? null }),
  }
}

/**
 * A host for each of a ServiceEntry's `hosts`. Source: Istio `pilot/pkg/serviceregistry/serviceentry/conversion.go` convertServices.
 */
export function serviceEntryHosts(resource: Resource, allocations: AddressBook): Service[] {
  const spec = resource.object['spec'] ?? {}
  const resolution = resolutions[spec.resolution ?? 'NONE'] ?? 'none'
  return (spec.hosts ?? []).map((host: string) => ({
    host,
    name: host,
    namespace: resource.namespace,
    address: (spec.addresses ?? []).map(single).find((address: string) => !address.includes('/')) ?? '',
    addresses: (spec.addresses ?? []).map(single),
    allocated: isAllocated(resource, host) ? allocatedTo(resource, host, allocations) : [],
    headless: false,
    provider: 'External' as const,
    trafficDistribution: 'any',
    nodeLocal: false,
    resolution,
    externalName: '',
    aliases: [],
    external: (spec.location ?? 'MESH_EXTERNAL') === 'MESH_EXTERNAL',
    subjectAltNames: spec.subjectAltNames ?? [],
    ports: (spec.ports ?? []).map((port: { number: number; name?: string; protocol?: string; targetPort?: number }) => ({
      name: port.name ?? '',
      number: port.number,
      targetPort: port.targetPort ?? port.number,
      ...(port.targetPort ? { ownTarget: port.targetPort } : {}),
      nodePort: null,
      protocol: declaredProtocol(port.protocol),
    })),
    // One without labels selects whatever stands in the namespace.
    selector: spec.workloadSelector ? (spec.workloadSelector.labels ?? {}) : null,
    labels: resource.object.metadata.labels ?? {},
    exportTo: spec.exportTo ?? [],
    createdMs: createdMs(resource),
    origin: resource.origin,
  }))
}

const allocationLabel = 'networking.istio.io/enable-autoallocate-ip'

/** Source: Istio `networking/serviceentry/ip_autoallocation.go` ShouldV2AutoAllocateIP, `controllers/ipallocate/ipallocate.go`. */
function isAllocated({ object }: Resource, host: string): boolean {
  const { addresses = [], resolution = 'NONE' } = object['spec'] ?? {}
  const declines = object.metadata.labels?.[allocationLabel]?.toLowerCase() === 'false'
  return addresses.length === 0 && resolution !== 'NONE' && !declines && (!host.startsWith('*') || resolution === 'DYNAMIC_DNS')
}

/** As the status of the object has them, or else as a controller would write them there. */
function allocatedTo({ object, namespace, name }: Resource, host: string, allocations: AddressBook): readonly string[] {
  const written: readonly { readonly host?: string; readonly value?: string }[] = object['status']?.addresses ?? []
  const own = written.filter((entry) => entry.host === host).flatMap(({ value }) => value ?? [])
  return own.length > 0 ? own : [allocations.of(`${namespace}/${name}/${host}`)]
}

/** A range of one address is that address. */
function single(address: string): string {
  return address.replace(/\/(32|128)$/, '')
}

const resolutions: Readonly<Record<string, Service['resolution']>> = {
  NONE: 'none',
  STATIC: 'static',
  DNS: 'dns',
  DNS_ROUND_ROBIN: 'dns-round-robin',
  DYNAMIC_DNS: 'dynamic-dns',
}

export function createdMs(resource: Resource): number {
  const stamp = resource.object.metadata.creationTimestamp
  return stamp ? Date.parse(stamp) : undatedMs
}

function splitList(text: string | undefined): string[] {
  return text
    ? text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '')
    : []
}

/** Source: Istio `pilot/pkg/model/push_context.go` SortServicesByCreationTime. */
export function byAge(a: Service, b: Service): number {
  return a.createdMs - b.createdMs || order(a.name, b.name) || order(a.namespace, b.namespace)
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
