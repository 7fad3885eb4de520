import type { Resource } from '../../config/resource.ts'
import type { AccessPolicy, AccessRules } from '../../ir/access.ts'
import type { WorkloadInstance } from '../../registry/registry.ts'
import { originOf } from '../origin.ts'
import { attaches, policyTarget, type PolicyTarget } from '../policy-attachment.ts'
import { accessPolicy } from './rule.ts'
import type { AuthorizationPolicySpec } from './spec.ts'
import type { TrustDomains } from './trust-domains.ts'

interface Policy {
  readonly action: AccessRules['action']
  readonly target: PolicyTarget
  readonly ofRequests: readonly AccessPolicy[]
  readonly ofConnections: readonly AccessPolicy[]
}

/** What a proxy asks of those who come to its workload, in the order in which it asks. */
export interface Access {
  readonly ofRequests: readonly AccessRules[]
  /** Where no HTTP is read. */
  readonly ofConnections: readonly AccessRules[]
}

/**
 * The AuthorizationPolicies of a mesh. AUDIT and dry runs refuse nothing; CUSTOM is somebody else's decision, and reported.
 * Source: Istio `model/authorization.go`, `security/authz/builder/builder.go`.
 */
export class AuthorizationPolicies {
  readonly #policies: readonly Policy[]
  readonly #rootNamespace: string

  constructor(resources: readonly Resource[], rootNamespace: string, trustDomains: TrustDomains) {
    this.#rootNamespace = rootNamespace
    this.#policies = resources.flatMap((resource) => policyOf(resource, trustDomains) ?? [])
  }

  /** `null`: nobody says anything of it. */
  accessTo(workload: WorkloadInstance): Access | null {
    const acting = this.#policies.filter(({ target }) => attaches(target, workload, this.#rootNamespace))
    if (acting.length === 0) return null
    const rules = (of: (policy: Policy) => readonly AccessPolicy[]): AccessRules[] =>
      (['DENY', 'ALLOW'] as const).flatMap((action) => {
        const own = acting.filter((policy) => policy.action === action)
        return own.length === 0 ? [] : [{ action, policies: own.flatMap(of).sort(byName) }]
      })
    return { ofRequests: rules(({ ofRequests }) => ofRequests), ofConnections: rules(({ ofConnections }) => ofConnections) }
  }
}

function byName({ name: one }: AccessPolicy, { name: other }: AccessPolicy): number {
  return one < other ? -1 : one > other ? 1 : 0
}

function policyOf(resource: Resource, trustDomains: TrustDomains): Policy | null {
  const { object, namespace, name } = resource
  const spec = (object['spec'] ?? {}) as AuthorizationPolicySpec
  const action = spec.action ?? 'ALLOW'
  if ((action !== 'ALLOW' && action !== 'DENY') || isDryRun(resource)) return null
  const rules = spec.rules ?? []
  const policiesFor = (isTcp: boolean): AccessPolicy[] =>
    rules.flatMap((rule, i) => {
      const found = accessPolicy(rule ?? {}, { namespace, trustDomains, action, isTcp })
      return found ? [{ name: `ns[${namespace}]-policy[${name}]-rule[${i}]`, ...found, origin: originOf(resource, 'spec', 'rules', i) }] : []
    })
  return {
    action,
    target: policyTarget(namespace, spec.selector?.matchLabels, spec.targetRefs?.length ? spec.targetRefs : spec.targetRef ? [spec.targetRef] : []),
    ofRequests: policiesFor(false),
    ofConnections: policiesFor(true),
  }
}

const isTrue: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True'])

function isDryRun({ object }: Resource): boolean {
  return isTrue.has(object.metadata.annotations?.['istio.io/dry-run'] ?? '')
}
