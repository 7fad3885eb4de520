import type { AccessCondition, AccessPolicy, AccessRules } from '../../../../mesh-core/ir/access.ts'
import { prefixLength } from '../../../../mesh-core/ir/address-range.ts'
import type { ArrivalPlace } from './arrival-place.ts'
import { prefixRange } from './prefix-range.ts'
import { typed } from './json.ts'
import type { Json } from './json.ts'
import { stringMatcher } from './string-match.ts'

/** @param place `null`: Envoy sees it itself. Source: Istio `security/authz/builder/builder.go`, Envoy `envoy.filters.http.rbac`. */
export function httpAccessFilters(access: readonly AccessRules[], place: ArrivalPlace | null): readonly Json[] {
  return access.map((rules) => httpAccessFilter(rules, place))
}

export function httpAccessFilter(rules: AccessRules, place: ArrivalPlace | null): Json {
  return { name: 'envoy.filters.http.rbac', typed_config: typed('envoy.extensions.filters.http.rbac.v3.RBAC', { rules: rbac(rules, place) }) }
}

/** Those of connections. */
export function tcpAccessFilters(access: readonly AccessRules[], place: ArrivalPlace | null): readonly Json[] {
  return access.map((rules) => tcpAccessFilter({ rules: rbac(rules, place) }))
}

export function tcpAccessFilter(rules: Json): Json {
  return {
    name: 'envoy.filters.network.rbac',
    typed_config: typed('envoy.extensions.filters.network.rbac.v3.RBAC', { ...rules, stat_prefix: 'tcp.' }),
  }
}

export function rbac({ action, policies }: AccessRules, place: ArrivalPlace | null): Json {
  return { action, policies: Object.fromEntries(policies.map((policy) => [policy.name, policyOf(policy, place)])) }
}

function policyOf({ permissions, principals }: AccessPolicy, place: ArrivalPlace | null): Json {
  return {
    permissions: permissions.map((one) => condition(seenAt(one, place), ofPermissions)),
    principals: principals.map((one) => condition(seenAt(one, place), ofPrincipals)),
  }
}

const anything: AccessCondition = { kind: 'any' }
const nothing: AccessCondition = { kind: 'not', condition: anything }

/** What the place alone decides is decided. */
function seenAt(one: AccessCondition, place: ArrivalPlace | null): AccessCondition {
  if (place === null) return one
  switch (one.kind) {
    case 'destination-port':
      return one.port === place.port ? anything : nothing
    case 'destination-address':
      return prefixLength(one.range, place.address) >= 0 ? anything : nothing
    case 'all':
    case 'some':
      return { ...one, conditions: one.conditions.map((inner) => seenAt(inner, place)) }
    case 'not':
      return { ...one, condition: seenAt(one.condition, place) }
    default:
      return one
  }
}

/** Envoy calls the same things otherwise in permissions and in principals. */
interface Names {
  readonly all: string
  readonly some: string
  readonly not: string
  readonly list: string
}

const ofPermissions: Names = { all: 'and_rules', some: 'or_rules', not: 'not_rule', list: 'rules' }
const ofPrincipals: Names = { all: 'and_ids', some: 'or_ids', not: 'not_id', list: 'ids' }

function condition(one: AccessCondition, names: Names): Json {
  switch (one.kind) {
    case 'any':
      return { any: true }
    case 'all':
    case 'some':
      return { [names[one.kind]]: { [names.list]: one.conditions.map((inner) => condition(inner, names)) } }
    case 'not':
      return { [names.not]: condition(one.condition, names) }
    case 'header': {
      const { name, match } = one
      return { header: { name, ...(match.kind === 'present' ? { present_match: true } : { string_match: stringMatcher(match) }) } }
    }
    case 'path':
      return { url_path: { path: stringMatcher(one.match) } }
    case 'path-template': {
      const config = typed('envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig', { path_template: one.template })
      return { uri_template: { name: 'uri-template', typed_config: config } }
    }
    case 'destination-port':
      return { destination_port: one.port }
    case 'destination-address':
      return { destination_ip: prefixRange(one.range) }
    case 'connection-address':
      // The header that tells a gateway here who calls stands for the connection: Envoy keeps where that really comes from apart.
      return { source_ip: prefixRange(one.range) }
    case 'client-address':
      return { remote_ip: prefixRange(one.range) }
    case 'server-name':
      return { requested_server_name: stringMatcher(one.match) }
    case 'peer':
      return { authenticated: { principal_name: stringMatcher(one.match) } }
    case 'claim':
      return { metadata: claimMatcher(one) }
  }
}

function claimMatcher({ claim, match, isText }: Extract<AccessCondition, { kind: 'claim' }>): Json {
  const text = { string_match: stringMatcher(match) }
  return {
    filter: 'envoy.filters.http.jwt_authn',
    path: ['payload', ...claim].map((key) => ({ key })),
    value: isText ? text : { or_match: { value_matchers: [{ list_match: { one_of: text } }, text] } },
  }
}
