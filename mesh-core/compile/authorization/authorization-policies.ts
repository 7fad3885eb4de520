import type { Resource } from '../../config/resource.ts'
import type { AccessPolicy, AccessRules, AuthorizedBytes, CustomAccess } from '../../ir/access.ts'
import type { HttpSettings } from '../../ir/proxy-config.ts'
import type { Registry, WorkloadInstance } from '../../registry/registry.ts'
import { originOf } from '../origin.ts'
import { attaches, policyTarget, type PolicyTarget } from '../policy-attachment.ts'
import { authorizerOf, type ProviderSpec } from './authorizers.ts'
import { accessPolicy } from './rule.ts'
import type { AuthorizationPolicySpec } from './spec.ts'
import type { TrustDomains } from './trust-domains.ts'

interface Policy {
  readonly action: AccessRules['action'] | 'CUSTOM'
  /** Of CUSTOM. */
  readonly provider: string
  readonly target: PolicyTarget
  readonly ofRequests: readonly AccessPolicy[]
  readonly ofConnections: readonly AccessPolicy[]
}

/** What a proxy asks of those who come to its workload, in the order in which it asks. */
export interface Access {
  readonly ofRequests: readonly AccessRules[]
  /** Where no HTTP is read. */
  readonly ofConnections: readonly AccessRules[]
  readonly custom: CustomAccess | null
  /** The same where no HTTP is read: authorizers of HTTP are not asked there. */
  readonly customOfConnections: AuthorizedBytes | null
}

/** Of who reads bytes. */
export function accessToBytes(access: Access | null): { access?: readonly AccessRules[]; askedOfBytes?: AuthorizedBytes } {
  if (access === null) return {}
  const { ofConnections, customOfConnections } = access
  return { ...(ofConnections.length > 0 && { access: ofConnections }), ...(customOfConnections && { askedOfBytes: customOfConnections }) }
}

/** Of who reads HTTP. */
export function accessSettings(access: Access | null): Pick<HttpSettings, 'access' | 'custom'> {
  if (access === null) return {}
  const { ofRequests, custom } = access
  return { ...(ofRequests.length > 0 && { access: ofRequests }), ...(custom && { custom }) }
}

/**
 * The AuthorizationPolicies of a mesh. AUDIT and dry runs refuse nothing; CUSTOM is somebody else's decision.
 * Source: Istio `model/authorization.go`, `security/authz/builder/builder.go`.
 */
export class AuthorizationPolicies {
  readonly #policies: readonly Policy[]
  readonly #rootNamespace: string

  readonly #authorizer: (provider: string) => CustomAccess['authorizer']

  /** @param providers the mesh's */
  constructor(
    resources: readonly Resource[],
    rootNamespace: string,
    trustDomains: TrustDomains,
    providers: readonly ProviderSpec[],
    registry: Registry,
  ) {
    this.#authorizer = (provider) => authorizerOf(provider, providers, registry)
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
    const custom = acting.filter(({ action }) => action === 'CUSTOM')
    const asked = this.#customOf(custom, ({ ofRequests }) => ofRequests)
    const askedOfBytes = this.#customOf(custom, ({ ofConnections }) => ofConnections)
    return {
      ofRequests: rules(({ ofRequests }) => ofRequests),
      customOfConnections: askedOfBytes?.authorizer?.http === null ? { ...askedOfBytes, authorizer: askedOfBytes.authorizer } : null,
      ofConnections: [...(askedOfBytes && !askedOfBytes.authorizer ? [askedOfBytes.rules] : []), ...rules(({ ofConnections }) => ofConnections)],
      custom: asked,
    }
  }

  /** One authorizer may decide about a workload: with several nobody is asked. Source: Istio `security/authz/builder/extauthz.go` getExtAuthz, getBadCustomDenyRules. */
  #customOf(custom: readonly Policy[], of: (policy: Policy) => readonly AccessPolicy[]): CustomAccess | null {
    const providers = [...new Set(custom.map(({ provider }) => provider))]
    if (providers.length === 0) return null
    const authorizer = providers.length === 1 ? this.#authorizer(providers[0]!) : null
    const named = custom.flatMap((policy) =>
      of(policy).map((one) => ({
        ...one,
        provider: policy.provider,
        name: `istio-ext-authz-${policy.provider}-${one.name}${authorizer ? '' : badCustom}`,
      })),
    )
    return { rules: { action: 'DENY', policies: named.sort(byName) }, authorizer }
  }
}

/** Ends the names of policies whose authorizer is not there. */
const badCustom = '-deny-due-to-bad-CUSTOM-action'

function byName({ name: one }: AccessPolicy, { name: other }: AccessPolicy): number {
  return one < other ? -1 : one > other ? 1 : 0
}

function policyOf(resource: Resource, trustDomains: TrustDomains): Policy | null {
  const { object, namespace, name } = resource
  const spec = (object['spec'] ?? {}) as AuthorizationPolicySpec
  const action = spec.action ?? 'ALLOW'
  if ((action !== 'ALLOW' && action !== 'DENY' && action !== 'CUSTOM') || isDryRun(resource)) return null
  const rules = spec.rules ?? []
  const policiesFor = (isTcp: boolean): AccessPolicy[] =>
    rules.flatMap((rule, i) => {
      const found = accessPolicy(rule ?? {}, { namespace, trustDomains, voidsHttp: action === 'ALLOW', isTcp })
      return found ? [{ name: `ns[${namespace}]-policy[${name}]-rule[${i}]`, ...found, origin: originOf(resource, 'spec', 'rules', i) }] : []
    })
  return {
    action,
    provider: spec.provider?.name ?? '',
    target: policyTarget(namespace, spec.selector?.matchLabels, spec.targetRefs?.length ? spec.targetRefs : spec.targetRef ? [spec.targetRef] : []),
    ofRequests: policiesFor(false),
    ofConnections: policiesFor(true),
  }
}

const isTrue: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True'])

function isDryRun({ object }: Resource): boolean {
  return isTrue.has(object.metadata.annotations?.['istio.io/dry-run'] ?? '')
}
