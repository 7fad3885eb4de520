import type { Resource } from '../../config/resource.ts'
import { webKeys } from '../../ir/json-web-keys.ts'
import type { JwtRule } from '../../ir/jwt.ts'
import type { HttpSettings } from '../../ir/proxy-config.ts'
import type { WorkloadInstance } from '../../registry/registry.ts'
import { originOf } from '../origin.ts'
import { attaches, policyTarget, type PolicyTarget, type TargetRef } from '../policy-attachment.ts'
import { jwksUriOf, keysAt, type KeySets } from './key-sets.ts'
import { keysThatVerifyNothing } from './keys-that-verify-nothing.ts'

/**
 * Does Envoy refuse a listener that looks for such tokens? It does where none of the keys that a rule brings can be used. Source: Envoy
 * `jwt_authn/jwks_cache.cc`.
 */
export function haveUnusableKeys(rules: readonly JwtRule[] = []): boolean {
  return rules.some(({ jwks }) => webKeys(jwks).length === 0)
}

interface JwtRuleSpec {
  readonly issuer?: string
  readonly audiences?: readonly string[]
  readonly jwks?: string
  readonly jwksUri?: string
  readonly jwks_uri?: string
  readonly fromHeaders?: readonly { readonly name: string; readonly prefix?: string }[]
  readonly fromParams?: readonly string[]
  readonly fromCookies?: readonly string[]
  readonly forwardOriginalToken?: boolean
  readonly outputPayloadToHeader?: string
  readonly outputClaimToHeaders?: readonly { readonly header: string; readonly claim: string }[]
  readonly spaceDelimitedClaims?: readonly string[]
}

interface Policy {
  readonly target: PolicyTarget
  readonly rules: readonly JwtRule[]
}

/** The RequestAuthentications of a mesh. Source: Istio `model/authentication.go` GetJwtPoliciesForWorkload. */
export class RequestAuthentications {
  readonly #policies: readonly Policy[]
  readonly #rootNamespace: string

  /** @param resources in order of age */
  constructor(resources: readonly Resource[], rootNamespace: string, keySets: KeySets = new Map()) {
    this.#policies = resources.map((resource) => policyOf(resource, keySets))
    this.#rootNamespace = rootNamespace
  }

  /** Left out where there are none. */
  settingsFor(workload: WorkloadInstance): Pick<HttpSettings, 'jwt'> {
    const jwt = this.#rulesFor(workload)
    return jwt.length === 0 ? {} : { jwt }
  }

  /**
   * Those of the root namespace act in all, behind those of the workload's own; all add up, ordered by their issuers. Source: `model/authentication.go`
   * getConfigsForWorkload, `security/authn/policy_applier.go` newPolicyApplier.
   */
  #rulesFor(workload: WorkloadInstance): readonly JwtRule[] {
    const acting = this.#policies.filter(({ target }) => attaches(target, workload, this.#rootNamespace))
    const places = [workload.ref.namespace, this.#rootNamespace]
    const inOrder = [...acting].sort((a, b) => placeIn(places, a.target.namespace) - placeIn(places, b.target.namespace))
    return inOrder.flatMap(({ rules }) => rules).sort((a, b) => (a.issuer < b.issuer ? -1 : a.issuer > b.issuer ? 1 : 0))
  }
}

function placeIn(places: readonly string[], namespace: string): number {
  const place = places.indexOf(namespace)
  return place < 0 ? places.length : place
}

function policyOf(resource: Resource, keySets: KeySets): Policy {
  const spec = (resource.object['spec'] ?? {}) as {
    readonly selector?: { readonly matchLabels?: Record<string, string> }
    readonly targetRef?: TargetRef
    readonly targetRefs?: readonly TargetRef[]
    readonly jwtRules?: readonly JwtRuleSpec[]
  }
  return {
    target: policyTarget(
      resource.namespace,
      spec.selector?.matchLabels,
      spec.targetRefs?.length ? spec.targetRefs : spec.targetRef ? [spec.targetRef] : [],
    ),
    rules: (spec.jwtRules ?? []).map((rule, i) => ruleOf(rule, keySets, originOf(resource, 'spec', 'jwtRules', i))),
  }
}

/** Where Envoy looks without a word: the header Authorization, and the parameter access_token. */
const usualPlaces = { headers: [{ name: 'authorization', prefix: 'Bearer ' }], params: ['access_token'], cookies: [] }

/** Source: the same file, convertToEnvoyJwtConfig. */
function ruleOf(rule: JwtRuleSpec, keySets: KeySets, origin: JwtRule['origin']): JwtRule {
  const named = {
    headers: (rule.fromHeaders ?? []).map(({ name, prefix = '' }) => ({ name: name.toLowerCase(), prefix })),
    params: rule.fromParams ?? [],
    cookies: rule.fromCookies ?? [],
  }
  const isNamed = named.headers.length + named.params.length + named.cookies.length > 0
  return {
    issuer: rule.issuer ?? '',
    audiences: rule.audiences ?? [],
    jwks: rule.jwks || keysAt(jwksUriOf(rule), keySets) || keysThatVerifyNothing,
    ...(isNamed ? named : usualPlaces),
    forward: rule.forwardOriginalToken ?? false,
    payloadHeader: rule.outputPayloadToHeader?.toLowerCase() || null,
    claimHeaders: (rule.outputClaimToHeaders ?? []).map(({ header, claim }) => ({ header: header.toLowerCase(), claim: claim.split('.') })),
    spaceDelimited: ['scope', 'permission', ...(rule.spaceDelimitedClaims ?? [])],
    origin,
  }
}
