import type { AccessCondition, AccessPolicy, AccessRules } from '../ir/access.ts'
import type { HttpRequest } from '../ir/message.ts'
import { prefixLength } from '../ir/address-range.ts'
import { claimAt } from './claim.ts'
import { compileHeaderMatch } from './header.ts'
import { pathWithoutQuery } from './path.ts'
import { compilePathTemplate } from './path-template.ts'
import { compileStringMatch } from './string.ts'

/** What is known of who wants in, and of what is wanted. */
export interface AccessSubject {
  /** `null` where no HTTP is read. */
  readonly request: HttpRequest | null
  /** Names in the certificate that the other side has shown. */
  readonly peer: readonly string[]
  /** SNI; `''` for none. */
  readonly serverName: string
  readonly destination: { readonly address: string; readonly port: number }
  readonly connectionAddress: string
  readonly clientAddress: string
}

/** Does a condition hold for them? */
export type Predicate = (subject: AccessSubject) => boolean

/** Who says that the subject may not come in. */
export interface Denial {
  readonly rules: AccessRules
  /** `null`: none of those that allow fits. */
  readonly policy: AccessPolicy | null
}

/** Which of the policies fits, the first by name; `null` for none. */
type Finder = (subject: AccessSubject) => AccessPolicy | null

const compiled = new WeakMap<AccessRules, Finder>()

/** @returns `null`: the subject may come in. Source: Envoy `RoleBasedAccessControlEngineImpl::handleAction`. */
export function denialOf(access: readonly AccessRules[], subject: AccessSubject): Denial | null {
  for (const rules of access) {
    const policy = finderOf(rules)(subject)
    if ((policy !== null) === (rules.action === 'DENY')) return { rules, policy }
  }
  return null
}

/** In Envoy's words, as response code details. */
export function detailsOf({ policy }: Denial): string {
  return `rbac_access_denied_matched_policy[${policy?.name ?? 'none'}]`
}

function finderOf(rules: AccessRules): Finder {
  let known = compiled.get(rules)
  if (!known) {
    const policies = rules.policies.map((policy) => ({ policy, fits: policyPredicate(policy) }))
    known = (subject) => policies.find(({ fits }) => fits(subject))?.policy ?? null
    compiled.set(rules, known)
  }
  return known
}

function policyPredicate({ permissions, principals }: AccessPolicy): Predicate {
  const [may, is] = [permissions.map(predicate), principals.map(predicate)]
  return (subject) => may.some((fits) => fits(subject)) && is.some((fits) => fits(subject))
}

export function predicate(condition: AccessCondition): Predicate {
  switch (condition.kind) {
    case 'any':
      return () => true
    case 'all': {
      const each = condition.conditions.map(predicate)
      return (subject) => each.every((fits) => fits(subject))
    }
    case 'some': {
      const each = condition.conditions.map(predicate)
      return (subject) => each.some((fits) => fits(subject))
    }
    case 'not': {
      const fits = predicate(condition.condition)
      return (subject) => !fits(subject)
    }
    case 'header':
    case 'path':
    case 'path-template':
    case 'claim':
      return ofRequest(condition)
    case 'destination-port':
      return ({ destination }) => destination.port === condition.port
    case 'destination-address':
      return ({ destination }) => isIn(condition.range, destination.address)
    case 'connection-address':
      return ({ connectionAddress }) => isIn(condition.range, connectionAddress)
    case 'client-address':
      return ({ clientAddress }) => isIn(condition.range, clientAddress)
    case 'server-name': {
      const test = compileStringMatch(condition.match)
      return ({ serverName }) => test(serverName)
    }
    case 'peer': {
      const test = compileStringMatch(condition.match)
      return ({ peer }) => peer.some(test)
    }
  }
}

type OfRequest = Extract<AccessCondition, { kind: 'header' | 'path' | 'path-template' | 'claim' }>

function ofRequest(condition: OfRequest): Predicate {
  const test = requestPredicate(condition)
  return ({ request }) => request !== null && test(request)
}

function requestPredicate(condition: OfRequest): (request: HttpRequest) => boolean {
  switch (condition.kind) {
    case 'header': {
      const { name, match } = condition
      return compileHeaderMatch({ name, match, invert: false, treatMissingAsEmpty: false })
    }
    case 'path': {
      const test = compileStringMatch(condition.match)
      return ({ path }) => test(pathWithoutQuery(path))
    }
    case 'path-template': {
      const test = compilePathTemplate(condition.template)
      return ({ path }) => test(pathWithoutQuery(path))
    }
    case 'claim': {
      const test = compileStringMatch(condition.match)
      const fits = (value: unknown): boolean => typeof value === 'string' && test(value)
      return ({ claims }) => {
        const value = claimAt(claims, condition.claim)
        return Array.isArray(value) && !condition.isText ? value.some(fits) : fits(value)
      }
    }
  }
}

function isIn(range: string, address: string): boolean {
  return prefixLength(range, address) >= 0
}
