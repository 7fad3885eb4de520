import type { Resource } from '../../config/resource.ts'
import type { Registry, Service } from '../../registry/registry.ts'
import type { Departs } from '../departures.ts'
import { selects } from '../../registry/labels.ts'
import type { Gateway, GatewayServer } from '../gateway/gateway-resource.ts'
import type { MeshConfig } from '../mesh/mesh-config.ts'
import { resolveHost } from '../names.ts'
import { originOf } from '../origin.ts'
import { prefixRefusal } from './prefix-refusal.ts'
import type { Rule, VirtualService } from '../rules/virtual-service.ts'
import type { IstioStringMatch } from '../rules/virtual-service-types.ts'

const classAnnotation = 'kubernetes.io/ingress.class'
const istioController = 'istio.io/ingress-controller'
const isDefaultClass = 'ingressclass.kubernetes.io/is-default-class'

interface IngressPath {
  readonly path?: string
  readonly pathType?: string
  readonly backend: {
    readonly service?: { readonly name: string; readonly port?: { readonly number?: number; readonly name?: string } }
    /** `extensions/v1beta1` and `networking.k8s.io/v1beta1`. */
    readonly serviceName?: string
    readonly servicePort?: number | string
  }
}

interface IngressRule {
  readonly host?: string
  readonly http?: { readonly paths?: readonly IngressPath[] }
}

/**
 * Ingresses of Istio's class: by annotation, or by an IngressClass of Istio's controller; in mode DEFAULT those without any class, too, and those of a class that there is not. The API server gives
 * the default class to an Ingress that names none.
 * Source: Istio `pilot/pkg/config/kube/ingress/ingress.go` shouldProcessIngressWithClass; Kubernetes' admission plugin DefaultIngressClass.
 */
function ingresses(resources: readonly Resource[], mesh: MeshConfig, departs: Departs): Resource[] {
  const classes = new Map(resources.filter((resource) => resource.kind === 'IngressClass').map((resource) => [resource.name, resource]))
  const byDefault = [...classes.values()].find(({ object }) => object.metadata.annotations?.[isDefaultClass] === 'true')?.name
  return resources.filter((resource) => {
    if (resource.kind !== 'Ingress' || mesh.ingressControllerMode === 'OFF') return false
    const annotation = resource.object.metadata.annotations?.[classAnnotation]
    if (annotation !== undefined) return mesh.ingressControllerMode !== 'UNSPECIFIED' && annotation === mesh.ingressClass
    const name: string | undefined = resource.object['spec']?.ingressClassName ?? byDefault
    const ofClass = name === undefined ? undefined : classes.get(name)
    if (ofClass || (name !== undefined && !departs('missingIngressClassIsNone'))) return ofClass?.object['spec']?.controller === istioController
    return mesh.ingressControllerMode === 'DEFAULT'
  })
}

/** One Gateway for each Ingress, on port 80 for any host. Source: Istio `pilot/pkg/config/kube/ingress/conversion.go` ConvertIngressV1alpha3. */
export function ingressGateways(resources: readonly Resource[], mesh: MeshConfig, departs: Departs): Gateway[] {
  return ingresses(resources, mesh, departs).map((resource) => ({
    name: gatewayName(resource),
    namespace: mesh.rootNamespace,
    selector: { istio: mesh.ingressSelector },
    services: null,
    servers: [
      ...tlsServers(resource, departs),
      {
        port: 80,
        portName: 'http',
        protocol: 'HTTP',
        bind: '',
        hosts: [{ namespace: '*', host: '*' }],
        tls: null,
        origin: resource.origin,
      },
    ],
    origin: resource.origin,
  }))
}

interface IngressTls {
  readonly hosts?: readonly string[]
  readonly secretName?: string
}

/** One for each entry of `tls` that names a Secret. */
function tlsServers(resource: Resource, departs: Departs): GatewayServer[] {
  const entries: readonly IngressTls[] = resource.object['spec']?.tls ?? []
  return entries.flatMap(({ hosts = [], secretName }, i) => {
    if (!secretName) return []
    const credentialName = departs('ingressSecretsAreTheRoots') ? secretName : `kubernetes-gateway://${resource.namespace}/${secretName}`
    return {
      port: 443,
      portName: `https-443-ingress-${resource.name}-${resource.namespace}-${i}`,
      protocol: 'HTTPS',
      bind: '',
      hosts: (hosts.length > 0 ? hosts : ['*']).map((host) => ({ namespace: '*', host })),
      tls: { mode: 'SIMPLE' as const, httpsRedirect: false, credentialName },
      origin: originOf(resource, 'spec', 'tls', i),
    }
  })
}

/** Where an Ingress is reached: the addresses of the Services of the gateway that serves it; none for one of another class. */
export function ingressAddresses(
  resources: readonly Resource[],
  mesh: MeshConfig,
  registry: Registry,
  departs: Departs,
): ReadonlyMap<Resource, readonly string[]> {
  const pods = registry.workloads.filter(({ labels }) => labels['istio'] === mesh.ingressSelector)
  const serves = ({ name, selector, namespace }: Service): boolean =>
    mesh.ingressService !== '' ? name === mesh.ingressService && namespace === mesh.rootNamespace : servesPods(selector, namespace)
  const servesPods = (selector: Service['selector'], namespace: string): boolean =>
    selector !== null && Object.keys(selector).length > 0 && pods.some((pod) => pod.ref.namespace === namespace && selects(selector, pod.labels))
  const addresses = registry.services.filter((service) => service.address !== '' && serves(service)).map(({ address }) => address)
  return new Map(ingresses(resources, mesh, departs).map((resource) => [resource, addresses]))
}

function gatewayName(resource: Resource): string {
  return `${resource.name}-istio-autogenerated-k8s-ingress-${resource.namespace}`
}

/**
 * One VirtualService for each host, whose rules come from all Ingresses that name it: the longest paths first, then exact ones; of equal ones the older Ingress.
 * Among them the name decides which goes first, for they have no age.
 * Source: Istio `pilot/pkg/config/kube/ingress/virtualservices.go` VirtualServices, sortHTTPRoutes.
 */
export function ingressVirtualServices(resources: readonly Resource[], mesh: MeshConfig, registry: Registry, departs: Departs): VirtualService[] {
  const byHost = new Map<string, { resource: Resource; rules: Rule[]; gateways: string[] }>()
  for (const resource of ingresses(resources, mesh, departs)) {
    const rules = departs('ingressDefaultBackendIgnored') ? rulesOf(resource) : [...rulesOf(resource), ...defaultRules(resource)]
    for (const [i, ingressRule] of rules.entries()) {
      const host = (ingressRule.host || '*').toLowerCase()
      const entry = byHost.get(host) ?? { resource, rules: [], gateways: [] }
      byHost.set(host, entry)
      entry.gateways.push(`${mesh.rootNamespace}/${gatewayName(resource)}`)
      for (const [j, path] of (ingressRule.http?.paths ?? []).entries()) {
        const rule = ruleOf(resource, path, i, j, registry, departs('ingressWildcardsTakeAnyLabels') ? null : singleLabel(host))
        if (rule) entry.rules.push(rule)
      }
    }
  }
  const all = [...byHost].map(([host, { resource, rules, gateways }]) => ({
    name: `${host.replaceAll('.', '-')}-${resource.name}-istio-autogenerated-k8s-ingress`,
    namespace: resource.namespace,
    hosts: [departs('ingressHostsAreShortNames') ? resolveHost(host, resource.namespace) : host],
    gateways: departs('ingressHostsAreServedByTheOldest') ? gateways.slice(0, 1) : [...new Set(gateways)],
    exportTo: undefined,
    rules: rules.sort(byPrecedence),
    tcp: [],
    tls: [],
    semantics: 'ingress' as const,
    origin: resource.origin,
  }))
  return all.sort((a, b) => (`${a.name}.${a.namespace}` < `${b.name}.${b.namespace}` ? -1 : 1))
}

function byPrecedence(a: Rule, b: Rule): number {
  const [one, other] = [a, b].map(({ spec }) => (spec.match?.[0]?.uri ?? {}) as IstioStringMatch)
  const length = ({ exact, prefix }: IstioStringMatch): number => (exact ?? prefix ?? '').length
  return length(other!) - length(one!) || Number(other!.exact !== undefined) - Number(one!.exact !== undefined)
}

function rulesOf(resource: Resource): readonly IngressRule[] {
  return resource.object['spec']?.rules ?? []
}

/** The default backend as a rule for any host and path; `backend` is its name of old. */
function defaultRules(resource: Resource): readonly IngressRule[] {
  const spec = resource.object['spec'] ?? {}
  const backend: IngressPath['backend'] | undefined = spec.defaultBackend ?? spec.backend
  return backend ? [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] : []
}

/** A backend whose port name is not known drops its path. */
function ruleOf(resource: Resource, path: IngressPath, i: number, j: number, registry: Registry, authority: IstioStringMatch | null): Rule | null {
  const origin = originOf(resource, 'spec', 'rules', i, 'http', 'paths', j)
  const name = path.backend.service?.name ?? path.backend.serviceName ?? ''
  const host = resolveHost(name, resource.namespace)
  // A number of 0 is none: Go reads it as one that is not there.
  const port = path.backend.service?.port?.number || (path.backend.service?.port?.name ?? path.backend.servicePort)
  const number = typeof port === 'number' ? port : registry.service(host)?.ports.find((own) => own.name === port)?.number
  if (number === undefined) return null
  const uri = uriMatch(path)
  const match = uri || authority ? [{ ...(uri && { uri }), ...(authority && { authority }) }] : undefined
  return {
    spec: { ...(match && { match }), route: [{ destination: { host, port: { number } }, weight: 100 }] } as Rule['spec'],
    origin,
    matchOrigins: match ? [origin] : [],
    refusal: prefixRefusal(uri),
  }
}

/** What a wildcard host stands for by the specification: one label. */
function singleLabel(host: string): IstioStringMatch | null {
  return host.startsWith('*.') ? { regex: `[^.]+${host.slice(1).replaceAll('.', '\\.')}(:[0-9]+)?` } : null
}

/** `ImplementationSpecific`, and the path types of old, understand `…*` and `….*` at the end as a prefix. Source: the same file, createFallbackStringMatch. */
function uriMatch(path: IngressPath): IstioStringMatch | null {
  const text = path.path ?? ''
  if (path.pathType === 'Exact') return { exact: text }
  if (path.pathType === 'Prefix') return { prefix: text }
  if (text === '' || text === '*' || text === '/*' || text === '.*') return null
  for (const suffix of ['.*', '/*']) if (text.endsWith(suffix)) return { prefix: text.slice(0, -suffix.length) }
  return { exact: text }
}
