import type { Json } from './generate/matches.ts'
import type { Answered } from './known-difference.ts'
import { reachedBy, failedToConnect, hostOfCluster, hostOf } from './known-by-answer.ts'

/** Of the Gateway API. */
export function isManagedGateway({ kind, apiVersion }: Answered['config'][number]): boolean {
  return kind === 'Gateway' && apiVersion.startsWith('gateway.networking.k8s.io/')
}

/** Is the host that of the Service of such a Gateway? */
export function isServedBy(one: Answered['config'][number], host: string): boolean {
  const { metadata, spec } = one
  return isManagedGateway(one) && host === `${metadata.name}-${String(spec['gatewayClassName'])}.${metadata.namespace ?? 'default'}.svc.cluster.local`
}

/** A port that no traffic is redirected to. */
export function bindsPorts({ kind, spec }: Answered['config'][number]): boolean {
  return kind === 'Sidecar' && JSON.stringify(spec ?? null).includes('"captureMode":"NONE"')
}

export function isForNobody({ kind, metadata }: Answered['config'][number], host: string): boolean {
  const { 'networking.istio.io/exportTo': exportTo } = (metadata['annotations'] ?? {}) as Readonly<Record<string, string>>
  return kind === 'Service' && exportTo === '~' && host === `${metadata.name}.${metadata.namespace}.svc.cluster.local`
}

export function haveAddressInCommon(config: Answered['config']): boolean {
  const endpoints = config.flatMap(({ kind, spec, metadata: { namespace } }) => {
    if (kind === 'WorkloadEntry') return [{ ...spec, namespace }]
    const listed = kind === 'ServiceEntry' ? ((spec['endpoints'] ?? []) as readonly Answered['config'][number]['spec'][]) : []
    return listed.map(({ address, labels }) => ({ address, labels, namespace }) as Json)
  })
  const names = new Map<unknown, Set<string>>()
  for (const { address, labels, namespace } of endpoints)
    names.set(address, (names.get(address) ?? new Set()).add(JSON.stringify([labels ?? null, namespace ?? null])))
  return [...names.values()].some(({ size }) => size > 1)
}

/** Is it sent to a gateway, at a port that only a ListenerSet asks for? Istio's deployment controller makes the Service have it, too. */
export function isAtPortOfSet(config: Answered['config'], { from, request }: NonNullable<Answered['call']>): boolean {
  const [, gateway] = /^gateway:([^.]+)/.exec(from) ?? []
  const [, port = '80'] = /^\S+ \w+:\/\/[^/]*?:(\d+)(?:\/|$)/.exec(request) ?? []
  const listens = ({ spec }: Answered['config'][number]): boolean =>
    ((spec['listeners'] ?? []) as readonly { readonly port: number }[]).some((listener) => listener.port === Number(port))
  const own = config.filter(({ kind, metadata }) => kind === 'Gateway' && metadata.name === gateway)
  const sets = config.filter(({ kind, spec }) => kind === 'ListenerSet' && (spec['parentRef'] as { readonly name?: string }).name === gateway)
  return !own.some(listens) && sets.some(listens)
}

export function opensTunnels(spec: Answered['config'][number]['spec']): boolean {
  return JSON.stringify(spec ?? null).includes('"tunnel":')
}

/** With an address of its own. */
export function isEntryOf({ kind, spec }: Answered['config'][number], host: string): boolean {
  return kind === 'ServiceEntry' && ((spec['hosts'] ?? []) as readonly string[]).includes(host)
}

/** The client may see the one without an address alone. */
export function areSeveralAt(entries: Answered['config']): boolean {
  return entries.length > 1 && entries.some(({ spec }) => spec['addresses'] !== undefined)
}

/** Of several entries of the host that is called. */
export function areSomeHidden(config: Answered['config'], call: Answered['call']): boolean {
  const entries = config.filter((one) => isEntryOf(one, hostOf(call)))
  return areSeveralAt(entries) && entries.some((one) => isHiddenFrom(one, call))
}

/** Is it for its own namespace alone, which is not the client's? */
function isHiddenFrom({ metadata, spec }: Answered['config'][number], call: Answered['call']): boolean {
  return (spec['exportTo'] as readonly string[] | undefined)?.join() === '.' && metadata.namespace !== call?.from.split('.')[1]
}

export function hasPortOfBothKinds({ kind, spec }: Answered['config'][number]): boolean {
  if (kind !== 'Service') return false
  const ports = (spec['ports'] ?? []) as readonly { readonly port: number; readonly protocol?: string }[]
  const of = (isUdp: boolean): number[] => ports.filter(({ protocol }) => (protocol === 'UDP') === isUdp).map(({ port }) => port)
  return of(true).some((port) => of(false).includes(port))
}

export function hasMirror({ spec }: Answered['config'][number]): boolean {
  return /"mirrors?":|"RequestMirror"/.test(JSON.stringify(spec ?? null))
}

export function isOneOfSeveral({ kind, metadata, spec }: Answered['config'][number], answer: Answered['answer']): boolean {
  return kind === 'Deployment' && Number(spec['replicas'] ?? 1) > 1 && (answer?.candidates ?? []).includes(metadata.name)
}

/** A headless service has no other. */
export function isByOwnAddress(config: Answered['config'], call: Answered['call'], answer: Answered['answer']): boolean {
  const isAddress = /^[\d.]+$/.test(hostOf(call)) || isForHeadless({ config, call, answer })
  return isAddress && reachedBy(answer).join() === call?.from
}

/** Is it a rule for the host? Short names are read without their namespaces. */
export function keepsDestinationsOf({ kind, spec }: Answered['config'][number], host: string): boolean {
  return kind === 'DestinationRule' && isFor(String(spec['host']), host) && JSON.stringify(spec).includes('"PASSTHROUGH"')
}

export function isFor(host: string, called: string): boolean {
  return host.startsWith('*') || host.split('.')[0] === called.split('.')[0]
}

/** Was a service of the config's EndpointSlices called by its address, which was kept, and nobody was there? */
export function isForSliced({ config, call, answer }: Answered): boolean {
  const host = hostOf(call)
  const isSliced = config.some((one) => isFor(serviceOf(one), host))
  const routed = hostOfCluster(answer)
  const isKept =
    answer?.passthrough === true ||
    routed === headlessOfWorld ||
    config.some((one) => keepsDestinationsOf(one, host) || keepsDestinationsOf(one, routed) || isHeadless(one, routed))
  return isSliced && isKept && ((answer?.details ?? '').includes('Connection_refused') || failedToConnect(answer))
}

/** Of the world `shop`. */
const headlessOfWorld = 'h.default.svc.cluster.local'

/** A request that a rule leads to a service without an address goes where it was dialled. */
function isHeadless({ kind, spec, metadata }: Answered['config'][number], host: string): boolean {
  return kind === 'Service' && spec['clusterIP'] === 'None' && host === `${metadata.name}.${metadata.namespace}.svc.cluster.local`
}

/** Of an EndpointSlice, or of Endpoints; `''` for anything else. */
export function serviceOf({ kind, metadata }: Answered['config'][number]): string {
  if (kind === 'Endpoints') return metadata.name
  return kind === 'EndpointSlice' ? ((metadata['labels'] as Record<string, string> | undefined)?.['kubernetes.io/service-name'] ?? '') : ''
}

/**
 * A ServiceEntry of the host, or a WorkloadEntry, whose machine has an account of the mesh.
 * Source: Istio `serviceregistry/serviceentry/conversion.go` getTLSModeFromWorkloadEntry.
 */
export function namesMember({ kind, spec }: Answered['config'][number], host: string): boolean {
  if (!/"serviceAccount":|"security\.istio\.io\/tlsMode":"istio"/.test(JSON.stringify(spec ?? null))) return false
  return (
    kind === 'WorkloadEntry' || (kind === 'ServiceEntry' && (spec['hosts'] as readonly string[]).some((one) => one.startsWith('*') || one === host))
  )
}

export function isForHeadless({ config, call }: Answered): boolean {
  const host = /^\S+ \w+:\/\/([^/?#:]+)/.exec(call?.request ?? '')?.[1]?.split('.')[0]
  return config.some(({ kind, metadata, spec }) => kind === 'Service' && metadata.name === host && spec['clusterIP'] === 'None')
}
