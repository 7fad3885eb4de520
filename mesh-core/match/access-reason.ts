import type { AccessCondition, AccessPolicy } from '../ir/access.ts'
import type { Decision, RuleTried } from '../ir/exchange.ts'
import { formatPath } from '../ir/origin.ts'
import { predicate, type AccessSubject, type Denial } from './access.ts'
import { claimAt } from './claim.ts'
import { pathWithoutQuery } from './path.ts'
import { describeStringMatch } from './string.ts'

/** What the policies were tried on, for a person: `path is "/admin", wanted exactly "/items"`. */
export function explainDenial({ rules, policy }: Denial, subject: AccessSubject): Pick<Decision, 'rules' | 'chosen' | 'outcome'> {
  const tried = policy ? rules.policies.slice(0, rules.policies.indexOf(policy) + 1) : rules.policies
  const outcome = policy ? 'it is denied' : tried.length > 0 ? 'no AuthorizationPolicy allows it' : 'the AuthorizationPolicies allow nothing'
  return { rules: tried.map((one) => ruleTried(one, one === policy, subject)), chosen: policy ? tried.length - 1 : -1, outcome }
}

function ruleTried(policy: AccessPolicy, matched: boolean, subject: AccessSubject): RuleTried {
  const { origin, permissions, principals } = policy
  const { resource, path } = origin
  const rule = `${resource} ${formatPath(path.slice(1))}`
  return { rule, origin, matched, reason: matched ? 'fits' : (reasonOf(permissions, subject) ?? reasonOf(principals, subject) ?? 'does not fit') }
}

/** Of the first of several ways in which it could have held. */
function reasonOf(ways: readonly AccessCondition[], subject: AccessSubject): string | null {
  return ways.some((way) => predicate(way)(subject)) ? null : failing(ways[0]!, subject)
}

/** `null`: it holds. */
function failing(one: AccessCondition, subject: AccessSubject): string | null {
  if (predicate(one)(subject)) return null
  if (one.kind === 'all') return one.conditions.map((inner) => failing(inner, subject)).find((reason) => reason !== null) ?? null
  return `${seen(one, subject)}, wanted ${wanted(one)}`
}

function wanted(one: AccessCondition): string {
  switch (one.kind) {
    case 'any':
      return 'anything'
    case 'all':
      return one.conditions.map(wanted).join(' and ')
    case 'some':
      return one.conditions.map(wanted).join(' or ')
    case 'not':
      return one.condition.kind === 'any' ? 'nothing' : `neither of: ${wanted(one.condition)}`
    case 'path-template':
      return `what fits ${one.template}`
    case 'destination-port':
      return String(one.port)
    case 'destination-address':
    case 'connection-address':
    case 'client-address':
      return one.range
    default:
      return describeStringMatch(one.match)
  }
}

/** What stood there, by the first thing that is asked for. */
function seen(one: AccessCondition, subject: AccessSubject): string {
  const { request, destination } = subject
  switch (one.kind) {
    case 'any':
      return 'it'
    case 'all':
    case 'some':
      return seen(one.conditions[0]!, subject)
    case 'not':
      return seen(one.condition, subject)
    case 'header':
      return headerSeen(one.name, subject)
    case 'path':
    case 'path-template':
      return `path is ${quoted(request && pathWithoutQuery(request.path))}`
    case 'claim':
      return `claim ${one.claim.join('.')} is ${JSON.stringify(claimAt(request?.claims, one.claim)) ?? 'missing'}`
    case 'destination-port':
      return `port is ${destination.port}`
    case 'destination-address':
      return `address is ${destination.address}`
    case 'connection-address':
      return `the connection comes from ${subject.connectionAddress}`
    case 'client-address':
      return `the client is at ${subject.clientAddress}`
    case 'server-name':
      return `SNI is ${quoted(subject.serverName)}`
    case 'peer':
      return subject.peer.length === 0 ? 'the caller shows no certificate' : `the caller is ${subject.peer.map(quoted).join(', ')}`
  }
}

function headerSeen(name: string, { request }: AccessSubject): string {
  if (name === ':method') return `method is ${quoted(request?.method ?? null)}`
  if (name === ':authority') return `host is ${quoted(request?.authority ?? null)}`
  const values = request?.headers.all(name) ?? []
  return `header ${name} is ${values.length === 0 ? 'missing' : values.map(quoted).join(' and ')}`
}

function quoted(text: string | null): string {
  return `"${text ?? ''}"`
}
