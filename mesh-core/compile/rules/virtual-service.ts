import type { Refusal } from '../../ir/route.ts'
import type { Resource } from '../../config/resource.ts'
import type { Origin } from '../../ir/origin.ts'
import { envoyRefusal } from './envoy-refusal.ts'
import { l4RuleOf, type L4Rule } from './l4-rule.ts'
import { meshGateway, resolveGateway, resolveHost } from '../names.ts'
import { at, originOf } from '../origin.ts'
import type { RouteSemantics } from './route-match.ts'
import type { HttpRule, VirtualServiceSpec } from './virtual-service-types.ts'

/** One `http[]` entry, wherever it was written: a delegate's rule keeps its own place and namespace. */
export interface Rule {
  /** Hosts of destinations and mirrors are full names. */
  readonly spec: HttpRule
  readonly origin: Origin
  /** Of each entry of `match`, in order. */
  readonly matchOrigins: readonly Origin[]
  /** See `envoyRefusal`. */
  readonly refusal: Refusal | null
}

/** A VirtualService with its short names resolved; what an Ingress becomes, too. */
export interface VirtualService {
  readonly name: string
  readonly namespace: string
  /** Full names; empty for a delegate. */
  readonly hosts: readonly string[]
  /** `mesh`, `namespace/name`. */
  readonly gateways: readonly string[]
  readonly exportTo: readonly string[] | undefined
  readonly rules: readonly Rule[]
  readonly tcp: readonly L4Rule[]
  readonly tls: readonly L4Rule[]
  readonly semantics: RouteSemantics
  readonly origin: Origin
}

export function virtualServiceOf(resource: Resource): VirtualService {
  const spec: VirtualServiceSpec = resource.object['spec'] ?? {}
  const { name, namespace } = resource
  return {
    name,
    namespace,
    hosts: (spec.hosts ?? []).map((host) => resolveHost(host, namespace)),
    gateways: (spec.gateways && spec.gateways.length > 0 ? spec.gateways : [meshGateway]).map((gateway) => resolveGateway(gateway, namespace)),
    exportTo: spec.exportTo,
    rules: (spec.http ?? []).map((rule, i) => ruleOf(rule, namespace, originOf(resource, 'spec', 'http', i))),
    tcp: (spec.tcp ?? []).map((rule, i) => l4RuleOf(rule, namespace, originOf(resource, 'spec', 'tcp', i))),
    tls: (spec.tls ?? []).map((rule, i) => l4RuleOf(rule, namespace, originOf(resource, 'spec', 'tls', i))),
    semantics: 'istio',
    origin: resource.origin,
  }
}

function ruleOf(rule: HttpRule, namespace: string, origin: Origin): Rule {
  return {
    spec: resolved(rule, namespace),
    origin,
    matchOrigins: (rule.match ?? []).map((_, i) => at(origin, 'match', i)),
    refusal: envoyRefusal(rule),
  }
}

/** Source: Istio `pilot/pkg/model/virtualservice.go` ResolveVirtualServiceShortnames. */
function resolved(rule: HttpRule, namespace: string): HttpRule {
  const destination = <D extends { readonly host?: string }>(target: D): D => ({ ...target, host: resolveHost(target.host ?? '', namespace) })
  const own: Writable<HttpRule> = { ...rule }
  if (rule.route) own.route = rule.route.map((entry) => ({ ...entry, destination: destination(entry.destination!) }))
  if (rule.mirror) own.mirror = destination(rule.mirror)
  if (rule.mirrors) own.mirrors = rule.mirrors.map((entry) => ({ ...entry, destination: destination(entry.destination!) }))
  if (rule.match?.some(({ gateways }) => gateways))
    own.match = rule.match.map((match) =>
      match.gateways ? { ...match, gateways: match.gateways.map((gateway) => resolveGateway(gateway, namespace)) } : match,
    )
  return own
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }
