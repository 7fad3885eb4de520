import type { KubeObject, Resource } from '../../../mesh-core/config/resource.ts'

/** Where a client outside sends a request to, by its URL. */
export interface Destination {
  readonly hostname: string
  readonly port: number
}

/**
 * How surely the DNS of a host leads to a gateway: 2 where config binds the host to it by name, 1 by a pattern such as `*.example.com`, 0 where nothing tells.
 * Names are published from the same fields. Source: external-dns, `source/gateway.go` and `source/istio_gateway.go`.
 */
export type Claim = 0 | 1 | 2

/** Config that binds hosts to gateways. */
export interface Binding {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly namespace: string
  readonly spec: KubeObject['spec']
}

const bindingKinds = /^(Gateway|VirtualService|Ingress|\w+Route)$/

export function bindingsIn(resources: readonly Pick<Resource, 'apiVersion' | 'kind' | 'name' | 'namespace' | 'object'>[]): readonly Binding[] {
  return resources
    .filter(({ kind }) => bindingKinds.test(kind))
    .map(({ apiVersion, kind, name, namespace, object }) => ({ apiVersion, kind, name, namespace, spec: object['spec'] ?? {} }))
}

/** Of objects as a cluster has them. */
export function bindingsOf(objects: readonly KubeObject[]): readonly Binding[] {
  return bindingsIn(
    objects.map((object) => {
      const { apiVersion, kind, metadata } = object
      return { apiVersion, kind, name: metadata.name, namespace: metadata.namespace ?? '', object }
    }),
  )
}

/** @param ref of a Gateway of the Gateway API */
export function claimOfGateway(ref: { readonly name: string; readonly namespace: string }, to: Destination, bindings: readonly Binding[]): Claim {
  const gateway = bindings.find((object) => isOf(object, 'gateway.networking.k8s.io', 'Gateway') && isNamed(object, ref))
  const listeners = listOf<Listener>(gateway?.spec.listeners).filter(({ port }) => port === to.port)
  if (listeners.length === 0) return 0
  const routes = bindings.filter(({ apiVersion, kind }) => apiVersion.startsWith('gateway.networking.k8s.io/') && kind.endsWith('Route'))
  const attached = routes.filter((route) =>
    listOf<ParentRef>(route.spec.parentRefs).some(
      ({ kind = 'Gateway', name, namespace = route.namespace }) => kind === 'Gateway' && isNamed(gateway!, { name, namespace }),
    ),
  )
  const named = [...listeners.flatMap(({ hostname }) => hostname ?? []), ...attached.flatMap(({ spec }) => listOf<string>(spec.hostnames))]
  return strongest(named, to.hostname)
}

/** Of Istio's ingress gateway. @param labels of its pods */
export function claimOfIngress(labels: Readonly<Record<string, string>>, to: Destination, bindings: readonly Binding[]): Claim {
  const gateways = bindings.filter(
    (object) =>
      isOf(object, 'networking.istio.io', 'Gateway') &&
      Object.entries((object.spec.selector ?? {}) as Readonly<Record<string, string>>).every(([key, value]) => labels[key] === value) &&
      listOf<Server>(object.spec.servers).some(({ port }) => port?.number === to.port),
  )
  const names = new Set(gateways.map(({ name, namespace }) => `${namespace}/${name}`))
  const bound = bindings.filter(
    ({ apiVersion, kind, namespace, spec }) =>
      kind === 'VirtualService' &&
      apiVersion.startsWith('networking.istio.io/') &&
      listOf<string>(spec.gateways).some((name) => names.has(name.includes('/') ? name : `${namespace}/${name}`)),
  )
  const ingresses = bindings.filter((object) => isOf(object, 'networking.k8s.io', 'Ingress'))
  const named = [
    ...gateways.flatMap(({ spec }) => listOf<Server>(spec.servers).flatMap(({ hosts }) => listOf<string>(hosts).map(withoutNamespace))),
    ...bound.flatMap(({ spec }) => listOf<string>(spec.hosts)),
    ...ingresses.flatMap(({ spec }) => listOf<{ readonly host?: string }>(spec.rules).flatMap(({ host }) => host ?? [])),
  ]
  return strongest(named, to.hostname)
}

interface Listener {
  readonly port: number
  readonly hostname?: string
}

interface ParentRef {
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
}

interface Server {
  readonly port?: { readonly number?: number }
  readonly hosts?: readonly string[]
}

function strongest(names: readonly string[], hostname: string): Claim {
  const host = hostname.toLowerCase()
  if (names.some((name) => name.toLowerCase() === host)) return 2
  return names.some((name) => name.startsWith('*.') && host.endsWith(name.slice(1).toLowerCase())) ? 1 : 0
}

function isOf({ apiVersion, kind }: Binding, group: string, wanted: string): boolean {
  return kind === wanted && apiVersion.startsWith(`${group}/`)
}

function isNamed(binding: Binding, { name, namespace }: { readonly name: string; readonly namespace: string }): boolean {
  return binding.name === name && binding.namespace === namespace
}

/** `shop/www.example.com` → `www.example.com` */
function withoutNamespace(host: string): string {
  return host.slice(host.indexOf('/') + 1)
}

/** What a user has written is checked elsewhere. */
function listOf<T>(value: unknown): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : []
}
