import { podAnnotationsOf, proxyConfigAnnotation } from '../config/proxy-config-annotation.ts'
import type { KubeObject, Resource } from '../config/resource.ts'
import { groupOf } from '../config/resource.ts'
import type { Labels } from './labels.ts'
import { labelsOfNamespaces, takesListenersOf } from './namespaces.ts'

export const gatewayApi = 'gateway.networking.k8s.io'
/** Of the classes whose Gateways istiod runs pods for. */
export const gatewayController = 'istio.io/gateway-controller'
/** Of the class whose Gateways lie in other clusters: accepted, never programmed. */
export const remoteController = 'istio.io/unmanaged-gateway'

/** Classes that istiod makes itself. Source: Istio `pilot/pkg/config/kube/gateway/model.go` builtinClasses. */
const builtInClasses: readonly (readonly [string, string])[] = [
  ['istio', gatewayController],
  ['istio-remote', remoteController],
  ['istio-waypoint', 'istio.io/mesh-controller'],
]

/** Which controller serves a class; `undefined` for a class that nobody has made. */
export function controllersByClass(resources: Iterable<Resource>): ReadonlyMap<string, string> {
  const controllers = new Map(builtInClasses)
  for (const resource of resources)
    if (isOfGatewayApi(resource, 'GatewayClass')) controllers.set(resource.name, String(resource.object['spec']?.controllerName ?? ''))
  return controllers
}

export function isOfGatewayApi({ apiVersion, kind }: Resource, wanted: string): boolean {
  return kind === wanted && groupOf(apiVersion) === gatewayApi
}

interface AddressedSpec {
  readonly gatewayClassName?: string
  readonly addresses?: readonly { readonly type?: string; readonly value?: string }[]
}

/**
 * Does istiod run pods for this Gateway? Without addresses, or with a single IP; a host name is that of a Service that is there already.
 * Source: the same folder, `conversion.go` IsManaged.
 */
export function isManaged({ addresses = [] }: AddressedSpec): boolean {
  return addresses.length === 0 || (addresses.length === 1 && (addresses[0]!.type ?? 'IPAddress') === 'IPAddress')
}

/** Of the Service and the Deployment of a Gateway. Source: the same file, GetDefaultName; annotation `gateway.istio.io/name-override`. */
export function managedName({ metadata, spec }: KubeObject): string {
  return metadata.annotations?.['gateway.istio.io/name-override'] ?? `${metadata.name}-${spec?.gatewayClassName}`
}

/** The Services and Deployments that istiod makes for Gateways. Source: the same folder, `deploymentcontroller.go`. */
export function managedGateways(resources: readonly Resource[]): Resource[] {
  const gateways = resources.filter((resource) => isOfGatewayApi(resource, 'Gateway'))
  if (gateways.length === 0) return []
  const controllers = controllersByClass(resources)
  const sets = resources.filter((resource) => isOfGatewayApi(resource, 'ListenerSet'))
  const namespaces = sets.length === 0 ? new Map<string, Labels>() : labelsOfNamespaces(resources)
  const setsOf = (gateway: Resource): Resource[] =>
    sets.filter((set) => isOfGateway(set, gateway) && takesListenersOf(set.namespace, gateway, namespaces))
  return gateways.flatMap((gateway) => {
    const spec: AddressedSpec = gateway.object['spec'] ?? {}
    if (controllers.get(spec.gatewayClassName ?? '') !== gatewayController || !isManaged(spec)) return []
    return [serviceFor(gateway, portsOf(gateway, setsOf(gateway))), deploymentFor(gateway)]
  })
}

function isOfGateway({ object, namespace }: Resource, gateway: Resource): boolean {
  const parent = object['spec']?.parentRef
  return parent?.name === gateway.name && (parent.namespace ?? namespace) === gateway.namespace
}

interface ListenerPort {
  readonly name: string
  readonly port: number
  readonly protocol: string
}

/**
 * One for each port of the Gateway's own listeners and of those of ListenerSets that it takes; the first listener of a port names it, in a way of its own.
 * Source: the same file, extractServicePorts.
 */
function portsOf(gateway: Resource, sets: readonly Resource[]): ListenerPort[] {
  const listeners: readonly ListenerPort[] = [gateway, ...sets].flatMap((holder) => holder.object['spec']?.listeners ?? [])
  const byPort = new Map<string, ListenerPort>()
  for (const listener of listeners) {
    const key = `${transportOf(listener)} ${listener.port}`
    if (!byPort.has(key)) byPort.set(key, listener)
  }
  const used = new Set([statusPort.name])
  return [...byPort.values()].map((own) => ({ ...own, name: uniqueName(own, used) }))
}

/** Of a port of a Service, which may have no periods and 63 characters. */
const longestName = 63

function uniqueName({ name, port }: ListenerPort, used: Set<string>): string {
  const wanted = name.replaceAll('.', '-').slice(0, longestName)
  let found = wanted
  for (let suffix = `-${port}`; used.has(found); suffix += 'x') found = wanted.slice(0, longestName - suffix.length) + suffix
  used.add(found)
  return found
}

const statusPort = { name: 'status-port', port: 15021, protocol: 'TCP', appProtocol: 'tcp' }

function transportOf({ protocol }: ListenerPort): 'TCP' | 'UDP' {
  return protocol === 'UDP' ? 'UDP' : 'TCP'
}

function serviceFor(gateway: Resource, ports: readonly ListenerPort[]): Resource {
  return made(gateway, 'v1', 'Service', {
    spec: {
      type: 'LoadBalancer',
      selector: labelsOf(gateway),
      ports: [
        statusPort,
        ...ports.map((own) => ({ name: own.name, port: own.port, protocol: transportOf(own), appProtocol: own.protocol.toLowerCase() })),
      ],
    },
  })
}

function deploymentFor(gateway: Resource): Resource {
  const labels = { ...labelsOf(gateway), 'sidecar.istio.io/inject': 'false', 'service.istio.io/canonical-name': managedName(gateway.object) }
  return made(gateway, 'apps/v1', 'Deployment', {
    spec: {
      selector: { matchLabels: labelsOf(gateway) },
      template: {
        metadata: { labels, annotations: annotationsOf(gateway) },
        spec: {
          serviceAccountName: managedName(gateway.object),
          containers: [{ name: 'istio-proxy', image: 'istio/proxyv2', args: ['proxy', 'router'] }],
        },
      },
    },
  })
}

/** The one that acts here. */
function annotationsOf(gateway: Resource): Readonly<Record<string, string>> {
  const own = podAnnotationsOf(gateway)?.[proxyConfigAnnotation]
  return own === undefined ? {} : { [proxyConfigAnnotation]: own }
}

const gatewayName = 'gateway.networking.k8s.io/gateway-name'

function labelsOf({ name }: Resource): Record<string, string> {
  return { [gatewayName]: name }
}

/** The Gateway of the Gateway API that a pod with these labels belongs to. */
export function managedBy(labels: Labels): string | undefined {
  return labels[gatewayName]
}

/** Stands where the Gateway stands, since nobody wrote it. */
function made(gateway: Resource, apiVersion: string, kind: string, rest: Readonly<Record<string, unknown>>): Resource {
  const { namespace, origin, source } = gateway
  const name = managedName(gateway.object)
  const object = { apiVersion, kind, metadata: { ...gateway.object.metadata, name, namespace, annotations: {} }, ...rest } as KubeObject
  return { object, kind, apiVersion, name, namespace, origin, source }
}
