import { connect } from 'node:net'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { managedName } from '../../../../../mesh-core/registry/managed-gateways.ts'
import { GatewayClient } from '../../gateway-client.ts'
import { questionMs, stillWarming } from './probed-proxy.ts'
import type { ProbedProxy } from './probed-proxy.ts'
import { findServiceAddress } from './gateway-address.ts'
import { generationOf } from './guarded-gateway.ts'
import type { KubeObjects } from '../../kube/objects.ts'

interface Listener {
  readonly name: string
  readonly port: number
  readonly protocol: string
  readonly hostname?: string
  readonly allowedRoutes?: { readonly namespaces?: { readonly from?: string; readonly selector?: LabelSelector } }
}

interface LabelSelector {
  readonly matchLabels?: Labels
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[]
}

type Labels = Readonly<Record<string, string>>

/** Labels of the namespaces that a scenario uses, by name. */
export type NamespaceLabels = ReadonlyMap<string, Labels>

/** A Gateway of the Gateway API as the barrier uses it. */
export interface ManagedGateway {
  readonly object: KubeObject
  readonly listener: Listener
  /** From which the listener takes routes. */
  readonly namespace: string
}

const path = '/meshspec-barrier'

/** One of the Gateway API, of which the control plane makes pods. */
export function isManagedGateway({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): boolean {
  return apiVersion.startsWith('gateway.networking.k8s.io/') && kind === 'Gateway'
}

interface ListenerStatus {
  readonly name: string
  readonly supportedKinds?: readonly { readonly kind: string }[]
  readonly conditions?: readonly { readonly type: string; readonly status: string }[]
}

/** Do some of them take routes of namespaces by their labels? */
export function selectNamespaces(gateways: readonly KubeObject[]): boolean {
  return gateways.some(({ spec }) =>
    ((spec.listeners ?? []) as readonly Listener[]).some((one) => one.allowedRoutes?.namespaces?.from === 'Selector'),
  )
}

/** Gateways of the Gateway API, with the listener of each that can be asked over HTTP. @param gateways with their status */
export function managedGateways(gateways: readonly KubeObject[], namespaces: NamespaceLabels): readonly ManagedGateway[] {
  return gateways.flatMap((object) => {
    const listeners = servedListeners(object).filter(({ protocol, kinds }) => protocol === 'HTTP' && kinds.includes('HTTPRoute'))
    const [first] = listeners.flatMap((listener) => {
      const namespace = namespaceFor(listener, object.metadata.namespace ?? '', namespaces)
      return namespace === null ? [] : [{ object, listener, namespace }]
    })
    return first ?? []
  })
}

/** @param own the Gateway's. @returns `null` where the listener takes routes of none that the scenario uses. Source: Gateway API `RouteNamespaces` */
function namespaceFor({ allowedRoutes }: Listener, own: string, namespaces: NamespaceLabels): string | null {
  const { from = 'Same', selector = {} } = allowedRoutes?.namespaces ?? {}
  if (from === 'None') return null
  if (from !== 'Selector') return own
  const all = [own, ...[...namespaces.keys()].filter((name) => name !== own)]
  return all.find((name) => isSelected(selector, namespaces.get(name) ?? {})) ?? null
}

function isSelected({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean {
  const isMet = { In: true, NotIn: false, Exists: true, DoesNotExist: false } as Readonly<Record<string, boolean>>
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values }) => {
      const value = labels[key]
      return (value !== undefined && (values === undefined || values.length === 0 || values.includes(value))) === isMet[operator]
    })
  )
}

/** Those that the controller has not refused, with the kinds of routes that each takes. */
function servedListeners({ spec, status }: KubeObject): readonly (Listener & { readonly kinds: readonly string[] })[] {
  const told = new Map(((status?.listeners ?? []) as readonly ListenerStatus[]).map((one) => [one.name, one]))
  return ((spec.listeners ?? []) as readonly Listener[]).flatMap((listener) => {
    const { conditions = [], supportedKinds } = told.get(listener.name) ?? {}
    const isRefused = conditions.some((one) => ['Accepted', 'Programmed'].includes(one.type) && one.status === 'False')
    return isRefused ? [] : [{ ...listener, kinds: supportedKinds?.map(({ kind }) => kind) ?? ['HTTPRoute'] }]
  })
}

/** A route of the barrier's own at the gateway: an exact path, which goes before every other rule, and an answer that needs no service. */
export function barrierRoute({ object, listener, namespace }: ManagedGateway, generation: string): KubeObject {
  const { name, namespace: own = '' } = object.metadata
  const rule = {
    matches: [{ path: { type: 'Exact', value: path } }],
    filters: [{ type: 'RequestRedirect', requestRedirect: { hostname: `generation-${generation}.meshspec.internal`, statusCode: 302 } }],
  }
  const spec = { parentRefs: [{ name, namespace: own, sectionName: listener.name }], rules: [rule] }
  return { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata: { name: `meshspec-barrier-${own}-${name}`, namespace }, spec }
}

/**
 * A gateway whose Service has no address cannot be asked.
 * @param told asks its proxies themselves which generation they have, where a policy keeps the question out
 * @param warms whether some of them waits for something before it goes by all that it has
 */
export async function probedGateway(
  objects: KubeObjects,
  { object, listener }: Pick<ManagedGateway, 'object' | 'listener'>,
  told: ProbedProxy['ask'],
  warms: () => Promise<boolean>,
): Promise<ProbedProxy | null> {
  const { name, namespace = '' } = object.metadata
  const address = await findServiceAddress(objects, namespace, managedName(object))
  const port = address?.ports.get(listener.port)
  if (!address || port === undefined) return null
  const client = new GatewayClient(`http://${address.host}:${port}`, { mayRefuse: true, patienceMs: questionMs })
  return {
    name: `the Gateway ${name} at ${address.host}:${port}`,
    ask: async (barrier, wanted) => {
      const host = listener.hostname?.replace(/^\*/, 'barrier') ?? barrier
      const { response } = await client.send({ from: { kind: 'client' }, method: 'GET', target: `http://${host}${path}`, headers: {}, body: '' })
      if (isRefusal(response?.status)) return told(barrier, wanted)
      const seen = generationOf(response?.headers.get('location') ?? '')
      return seen === wanted && (await warms()) ? stillWarming : seen
    },
  }
}

/** Is it as a policy refuses a question? */
export function isRefusal(status: number | undefined): boolean {
  return status === 401 || status === 403
}

/** Of Gateways that have no listener which could be asked over HTTP. @param gateways with their status; @param managed those that have */
export async function openPorts(
  objects: KubeObjects,
  gateways: readonly KubeObject[],
  managed: readonly ManagedGateway[],
): Promise<readonly { readonly name: string; readonly host: string; readonly port: number }[]> {
  const asked = new Set(managed.map(({ object }) => object))
  const found = await Promise.all(
    gateways
      .filter((object) => !asked.has(object))
      .map(async (object) => {
        const { name, namespace = '' } = object.metadata
        const address = await findServiceAddress(objects, namespace, managedName(object))
        const listeners = servedListeners(object).filter(({ protocol }) => protocol !== 'UDP')
        return listeners.flatMap(({ port }) => {
          const reached = address?.ports.get(port)
          return address && reached !== undefined ? [{ name, host: address.host, port: reached }] : []
        })
      }),
  )
  return found.flat()
}

/** ms */
const connectMs = 3000

/** Does anybody take connections there? */
export function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: connectMs })
    const end = (open: boolean): void => {
      socket.destroy()
      resolve(open)
    }
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(false))
  })
}
