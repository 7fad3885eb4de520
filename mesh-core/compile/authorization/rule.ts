import type { AccessCondition, AccessPolicy } from '../../ir/access.ts'
import type { ConditionSpec, OperationSpec, RuleSpec, SourceSpec } from './spec.ts'
import { inEachDomain, withAliases, type TrustDomains } from './trust-domains.ts'
import * as values from './values.ts'

/** What a rule is read with. */
export interface RuleContext {
  /** Of the policy. */
  readonly namespace: string
  readonly trustDomains: TrustDomains
  /** What asks a connection for HTTP does not act on it at all. */
  readonly voidsHttp: boolean
  /** For connections of which no HTTP is read. */
  readonly isTcp: boolean
}

/** A field with what it asks for, and what not. */
interface Field {
  readonly values: readonly string[]
  readonly notValues: readonly string[]
  readonly condition: (value: string) => AccessCondition
  readonly isHttp: boolean
  /** Nobody can say what is asked. */
  readonly isUnreadable?: boolean
}

/** Something of HTTP is asked where there is none, or what nobody can say. */
class Unaskable extends Error {}

/**
 * Sources, operations and conditions each become what Envoy calls principals and permissions.
 * @returns `null`: it asks an allowed connection for what only requests have, and does not act on it
 * Source: Istio `security/authz/model/model.go`.
 */
export function accessPolicy(rule: RuleSpec, context: RuleContext): Pick<AccessPolicy, 'permissions' | 'principals'> | null {
  const own = (rule.when ?? []).map((condition) => conditionField(condition, context))
  const of = (isSource: boolean): Field[] => own.flatMap((one) => (one.isSource === isSource ? [one.field] : []))
  try {
    return {
      permissions: eachOf(rule.to).map((to) => together([...operationFields(to.operation ?? {}), ...of(false)], context)),
      principals: eachOf(rule.from).map((from) => together([...sourceFields(from.source ?? {}, context), ...of(true)], context)),
    }
  } catch (error) {
    if (error instanceof Unaskable) return null
    throw error
  }
}

/** One that says nothing where there is none. */
function eachOf<T>(list: readonly T[] | undefined): readonly Partial<T>[] {
  return list && list.length > 0 ? list : [{}]
}

/** Of what cannot be asked an ALLOW is void, and a DENY asks the rest: so each lets through less. Source: the same file, checkError. */
function together(fields: readonly Field[], { isTcp, voidsHttp }: RuleContext): AccessCondition {
  const conditions = fields.flatMap(({ values, notValues, condition, isHttp, isUnreadable = false }) => {
    if (values.length + notValues.length > 0 && ((isHttp && isTcp) || isUnreadable)) {
      if (voidsHttp) throw new Unaskable()
      return []
    }
    return [
      ...(values.length > 0 ? [some(values.map(condition))] : []),
      ...(notValues.length > 0 ? [{ kind: 'not', condition: some(notValues.map(condition)) } as const] : []),
    ]
  })
  return { kind: 'all', conditions: conditions.length > 0 ? conditions : [{ kind: 'any' }] }
}

function some(conditions: readonly AccessCondition[]): AccessCondition {
  return conditions.length === 1 ? conditions[0]! : { kind: 'some', conditions }
}

function field(
  condition: Field['condition'],
  values: readonly string[] | undefined,
  notValues: readonly string[] | undefined,
  isHttp = false,
): Field {
  return { condition, values: values ?? [], notValues: notValues ?? [], isHttp }
}

function sourceFields(source: SourceSpec, { namespace, trustDomains }: RuleContext): readonly Field[] {
  const { principals, notPrincipals, trustDomains: domains, notTrustDomains } = source
  const everywhere = (list: readonly string[] | undefined) => list?.flatMap((one) => inEachDomain(one, trustDomains))
  const aliased = (list: readonly string[] | undefined) => list && withAliases(list, trustDomains)
  const account = (value: string) => values.serviceAccount(value, namespace)
  return [
    field(values.principal, everywhere(principals), everywhere(notPrincipals)),
    field(values.requestPrincipal, source.requestPrincipals, source.notRequestPrincipals, true),
    field(account, source.serviceAccounts, source.notServiceAccounts),
    field(values.trustDomain, aliased(domains), aliased(notTrustDomains)),
    field(values.namespace, source.namespaces, source.notNamespaces),
    field(values.clientAddress, source.remoteIpBlocks, source.notRemoteIpBlocks),
    field(values.connectionAddress, source.ipBlocks, source.notIpBlocks),
  ]
}

function operationFields(operation: OperationSpec): readonly Field[] {
  return [
    field(values.host, operation.hosts, operation.notHosts, true),
    field(values.method, operation.methods, operation.notMethods, true),
    field(values.path, operation.paths, operation.notPaths, true),
    field(values.destinationPort, operation.ports, operation.notPorts),
  ]
}

interface ConditionField {
  readonly field: Field
  /** It is about who calls, not about what is called. */
  readonly isSource: boolean
}

function conditionField({ key = '', values: wanted, notValues }: ConditionSpec, context: RuleContext): ConditionField {
  const { namespace, trustDomains } = context
  const each = (list: readonly string[] | undefined, spread: (value: string) => readonly string[]) => list?.flatMap(spread)
  const principals = (list: readonly string[] | undefined) => each(list, (one) => inEachDomain(one, trustDomains))
  const domains = (list: readonly string[] | undefined) => list && withAliases(list, trustDomains)
  const of = (isSource: boolean, condition: Field['condition'], isHttp = false): ConditionField => ({
    field: field(condition, wanted, notValues, isHttp),
    isSource,
  })
  const keyed = /^(request\.headers|request\.auth\.claims)(.*)$/s.exec(key)
  if (keyed) {
    const [, attribute, brackets = ''] = keyed
    // What is taken for such a key without being one.
    if (!brackets.startsWith('[')) return { isSource: true, field: { ...field(never, wanted, notValues), isUnreadable: true } }
    return of(
      true,
      attribute === 'request.headers' ? (value) => values.header(brackets.slice(1, -1), value) : values.claim(...namesIn(brackets)),
      true,
    )
  }
  switch (key) {
    case 'destination.ip':
      return of(false, values.destinationAddress)
    case 'destination.port':
      return of(false, values.destinationPort)
    case 'connection.sni':
      return of(false, values.serverName)
    case 'source.ip':
      return of(true, values.connectionAddress)
    case 'remote.ip':
      return of(true, values.clientAddress)
    case 'source.namespace':
      return of(true, values.namespace)
    case 'source.serviceAccount':
      return of(true, (value) => values.serviceAccount(value, namespace))
    case 'source.trustDomain':
      return { isSource: true, field: field(values.trustDomain, domains(wanted), domains(notValues)) }
    case 'source.principal':
      return { isSource: true, field: field(values.principal, principals(wanted), principals(notValues)) }
    case 'request.auth.principal':
      return of(true, values.requestPrincipal, true)
    case 'request.auth.audiences':
      return of(true, values.claim('aud'), true)
    case 'request.auth.presenter':
      return of(true, values.claim('azp'), true)
    default:
      // Reported as not modelled: nothing rests on it.
      return of(false, never)
  }
}

function never(): AccessCondition {
  return { kind: 'not', condition: { kind: 'any' } }
}

/** `[a][b]` of `request.auth.claims`; where brackets stand within brackets they are part of one name. Source: `security/authz/model/util.go`. */
function namesIn(brackets: string): readonly string[] {
  if (/^(\[[^[\]]*\])+$/.test(brackets)) return [...brackets.matchAll(/\[([^[\]]*)\]/g)].map(([, name]) => name!)
  return [brackets.slice(1, -1)]
}
