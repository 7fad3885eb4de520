import { createHash, randomUUID } from 'node:crypto'
import { jwksUriOf, keySetsOf, keysAt } from '../../../../../mesh-core/compile/authentication/key-sets.ts'
import type { KubeObject, Resource } from '../../../../../mesh-core/config/resource.ts'
import type { Exchange } from '../../../../../mesh-core/ir/exchange.ts'
import { NotSupported, NotYetProgrammed } from '../../../target.ts'
import type { Outside } from '../outside/outside.ts'

interface Rule {
  readonly jwks?: string
  readonly jwksUri?: string
  readonly jwks_uri?: string
}

/**
 * The keys of tokens, which the control plane fetches where a rule says: the pod that stands for what is outside of the cluster has them, and rules name its address
 * in the place of the scenario's. It is asked in plain text, for the control plane trusts none of the run's authorities; proxies get the keys themselves either
 * way. Other keys are at another path, and so are those of another scenario: the control plane keeps what it has fetched for long.
 * Source: Istio `pilot/pkg/model/jwks_resolver.go`.
 */
export class ServedKeys {
  readonly #outside: Pick<Outside, 'serve' | 'served'> | null
  readonly #id = randomUUID()
  /** Scenario's address → path. */
  readonly #paths = new Map<string, string>()

  /** @param outside `null`: the run brings no such pod */
  constructor(outside: Pick<Outside, 'serve' | 'served'> | null) {
    this.#outside = outside
  }

  /**
   * @param resources all of the scenario
   * @returns the rule as it goes to the cluster
   * @throws NotSupported where nobody could serve the keys
   */
  async readdressed(object: KubeObject, resources: readonly Resource[]): Promise<KubeObject> {
    const given = keySetsOf(resources)
    const spec = object['spec'] as { readonly jwtRules?: readonly Rule[] } | undefined
    const rules = await Promise.all((spec?.jwtRules ?? []).map(async (rule) => ({ ...rule, ...(await this.#addressOf(rule, given)) })))
    return spec?.jwtRules ? { ...object, spec: { ...spec, jwtRules: rules } } : object
  }

  /** @throws NotYetProgrammed where a token was perhaps refused because the control plane does not have the keys yet */
  async assertFetched(exchanges: readonly Exchange[]): Promise<void> {
    if (this.#paths.size === 0 || !exchanges.some(({ response }) => response?.status === 401)) return
    const fetched = (await this.#outside?.served()) ?? []
    const late = [...this.#paths].filter(([, path]) => !fetched.includes(path)).map(([uri]) => uri)
    if (late.length > 0)
      throw new NotYetProgrammed(
        `the control plane has not fetched the keys that a pod of the run has in the place of ${late.join(', ')}: may it reach pods, and addresses of pods?`,
      )
  }

  async #addressOf(rule: Rule, given: ReadonlyMap<string, string>): Promise<Rule> {
    const uri = jwksUriOf(rule)
    const keys = uri === '' || rule.jwks ? null : keysAt(uri, given)
    if (keys === null) return {}
    const path = `/keys/${createHash('sha256').update(`${this.#id} ${uri} ${keys}`).digest('hex').slice(0, 16)}`
    const origin = (await this.#outside?.serve(path, keys)) ?? null
    if (origin === null && given.has(uri))
      throw new NotSupported('config', `the control plane fetches keys of tokens itself, and the run brings no pod that could have those of ${uri}`)
    if (origin === null) return {}
    this.#paths.set(uri, path)
    return rule.jwksUri ? { jwksUri: origin + path } : { jwks_uri: origin + path }
  }
}
