import type { Resource } from '../../config/resource.ts'
import { gatewayApi } from '../../registry/managed-gateways.ts'
import { createdMs } from '../../registry/services.ts'
import type { Rule, VirtualService } from '../rules/virtual-service.ts'
import { asIstiod, type Departs } from '../departures.ts'
import { meshGateway } from '../names.ts'
import type { HttpMatch } from '../rules/virtual-service-types.ts'
import type { AttachedRoute } from './attached-route.ts'
import { bindingName } from './listener-binding.ts'
import { type Attachment, isOwnHost, type MeshAttachment } from './parents.ts'
import { byPrecedence } from './precedence.ts'
import type { ParentRef } from './types.ts'

/** One host of a route at one parent. */
interface Part {
  readonly key: string
  /** That istiod knows it by besides: the hosts of a route are counted, whatever its kind. */
  readonly nickname: string
  readonly host: string
  /** Of the parent, for a person. */
  readonly place: string
  /** Of the parent: its rules are for one port of a service. */
  readonly hasPort: boolean
  readonly gateway: string
  readonly resource: Resource
  readonly rules: readonly Rule[]
  readonly exportTo: readonly string[] | undefined
}

/**
 * One VirtualService for each host at each parent, of all routes that have it, whose matches are ordered together.
 * Source: Istio `pilot/pkg/config/kube/gateway/route_collections.go` HTTPRouteCollection, mergeHTTPRoutes.
 * @param routes in order of age
 */
export function httpVirtualServices(routes: readonly AttachedRoute<Rule>[], departs: Departs): VirtualService[] {
  const all = routes.flatMap(allPartsOf)
  const heard = heardAmong(all, departs)
  const byKey = new Map<string, Part[]>()
  for (const part of all) if (heard.has(part.key)) byKey.set(part.key, [...(byKey.get(part.key) ?? []), part])
  // The first rule of a host has it: on its port a parent with a port goes before one that stands for the whole service.
  const parts = [...byKey.values()].toSorted(([a], [b]) => Number(b!.hasPort) - Number(a!.hasPort) || inOrder(a!, b!))
  return parts.map(merged)
}

/**
 * As any VirtualServices: by age, that of the oldest of their routes, and then by the names that istiod makes of their keys. Without dates all are of one age.
 * Source: Istio `pilot/pkg/model/config.go` configCompareByCreationTime.
 */
function inOrder(a: Part, b: Part): number {
  const [left, right] = [a.key, b.key].map((key) => key.replaceAll('/', '~'))
  return createdMs(a.resource) - createdMs(b.resource) || byText(left!, right!)
}

/** Hosts of routes that nothing is made for, as istiod does. */
export function lostHosts(routes: readonly AttachedRoute<Rule>[]): readonly Pick<Part, 'resource' | 'host' | 'place'>[] {
  const all = routes.flatMap(allPartsOf)
  const heard = heardAmong(all, asIstiod)
  return all.filter(({ key }) => !heard.has(key))
}

/** In the order in which istiod goes through the parents. Source: the same file, `conversion.go` extractParentReferenceInfo, filteredReferences. */
function allPartsOf(route: AttachedRoute<Rule>): Part[] {
  const { namespace, name } = route.resource
  const nameOf = ({ ref }: Attachment): string => parentName(ref, namespace)
  const internalNameOf = (one: Attachment): string => (one.kind === 'mesh' ? meshGateway : bindingName(one.binding))
  const inTurn = route.attachments
    .filter(({ denied }) => !denied)
    .toSorted((a, b) => byText(internalNameOf(a), internalNameOf(b)) || byText(nameOf(a), nameOf(b)))
  return inTurn.flatMap((one) => partsOf(route, one)).map((part, i) => ({ ...part, nickname: `${namespace}/${name}~${i}` }))
}

/**
 * Of two parts of one nickname, which are those of an HTTPRoute and of a GRPCRoute of its name, only the former is announced: what it is a part of is made for
 * it, while the other takes part where something else has its key. @returns keys. Source: the same file; `pkg/kube/krt/join.go`, which hides what an earlier collection has.
 */
function heardAmong(parts: readonly Part[], departs: Departs): ReadonlySet<string> {
  const isHttp = ({ resource }: Part): boolean => resource.kind === 'HTTPRoute'
  const taken = new Set(departs('namesakesOfHttpRoutesAreLost') ? parts.filter(isHttp).map(({ nickname }) => nickname) : [])
  return new Set(parts.filter((part) => isHttp(part) || !taken.has(part.nickname)).map(({ key }) => key))
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function merged(parts: readonly Part[]): VirtualService {
  const { key, host, gateway, resource, exportTo } = parts[0]!
  return {
    name: key,
    namespace: resource.namespace,
    hosts: [host.toLowerCase()],
    gateways: [gateway],
    exportTo,
    rules: parts.flatMap(({ rules }) => rules).toSorted(byPrecedence),
    tcp: [],
    tls: [],
    semantics: 'gateway-api',
    origin: resource.origin,
  }
}

type Unnamed = Omit<Part, 'nickname'>

function partsOf(route: AttachedRoute<Rule>, attachment: Attachment): Unnamed[] {
  return attachment.kind === 'mesh' ? meshParts(route, attachment) : gatewayParts(route, attachment)
}

function gatewayParts({ resource, atGateways }: AttachedRoute<Rule>, attachment: Attachment & { kind: 'listener' }): Unnamed[] {
  if (atGateways.rules.length === 0) return []
  const hostnames: readonly string[] = resource.object['spec']?.hostnames ?? []
  const { owner, section } = attachment.binding
  const gateway = bindingName(attachment.binding)
  const place = `listener ${section} of ${owner.kind} ${owner.namespace}/${owner.name}`
  return (hostnames.length === 0 ? ['*'] : hostnames)
    .filter((host) => isOwnHost(host, attachment))
    .map((host) => ({ key: `${gateway}/${host}`, host, place, hasPort: false, gateway, resource, rules: atGateways.rules, exportTo: undefined }))
}

/** A route of another namespace than its parent's acts for clients of its own namespace alone. */
function meshParts(route: AttachedRoute<Rule>, attachment: MeshAttachment): Unnamed[] {
  const { resource, inMesh } = route
  const { ref, hosts, namespace } = attachment
  if (inMesh.rules.length === 0) return []
  const rules = ref.port === undefined ? inMesh.rules : rulesAtPort(route, attachment).map((rule) => atPort(rule, ref.port!))
  const exportTo = namespace === resource.namespace ? undefined : [resource.namespace]
  const scope = [resource.namespace, ...(ref.port === undefined ? [] : [ref.port])].join('/')
  const place = 'sidecars'
  return hosts.map((host) => ({
    key: `${scope}/${host}`,
    host,
    place,
    hasPort: ref.port !== undefined,
    gateway: meshGateway,
    resource,
    rules,
    exportTo,
  }))
}

/**
 * Parents are gone through by their names. One that stands for a whole service has put the rules in order, for those with a port that come after it as well: among
 * these a rule without matches is no longer behind those that have some. Source: the same file (sortHTTPRoutes of rules that parents share), `conversion.go`
 * extractParentReferenceInfo.
 */
function rulesAtPort({ resource, inMesh, attachments }: AttachedRoute<Rule>, { ref }: MeshAttachment): readonly Rule[] {
  const own = parentName(ref, resource.namespace)
  const isBefore = (one: Attachment): boolean =>
    one.kind === 'mesh' && one.denied === null && one.ref.port === undefined && one.hosts.length > 0 && parentName(one.ref, resource.namespace) < own
  return attachments.some(isBefore) ? inMesh.rules.toSorted(byPrecedence) : inMesh.rules
}

/** Source: Istio `pilot/pkg/config/kube/gateway/conversion.go` parentRefString. */
function parentName({ group = gatewayApi, kind = 'Gateway', name, sectionName = '', port = 0, namespace }: ParentRef, local: string): string {
  return `${group}/${kind}/${name}/${sectionName}/${port}.${namespace ?? local}`
}

function atPort(rule: Rule, port: number): Rule {
  const matches = rule.spec.match ?? [{} as HttpMatch]
  const matchOrigins = rule.spec.match ? rule.matchOrigins : [rule.origin]
  return { ...rule, spec: { ...rule.spec, match: matches.map((match) => ({ ...match, port })) }, matchOrigins }
}
