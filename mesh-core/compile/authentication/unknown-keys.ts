import type { NotModelled, Resource } from '../../config/resource.ts'
import { originAt } from '../../config/resource.ts'
import { jwksUriOf, keysAt, keySetsOf } from './key-sets.ts'

interface KeysSpec {
  readonly jwks?: string
  readonly jwksUri?: string
  readonly jwks_uri?: string
}

/** Rules whose keys stand at an address of which nobody has said what it answers with. */
export function unknownKeysIn(resources: readonly Resource[]): NotModelled[] {
  const policies = resources.filter(({ kind }) => kind === 'RequestAuthentication')
  if (policies.length === 0) return []
  const given = keySetsOf(resources)
  return policies.flatMap((resource) => {
    const rules: readonly KeysSpec[] = resource.object['spec']?.jwtRules ?? []
    return rules.flatMap((rule, i): NotModelled[] => {
      const uri = jwksUriOf(rule)
      if (rule.jwks || uri === '' || keysAt(uri, given) !== null) return []
      const field = rule.jwksUri ? 'jwksUri' : 'jwks_uri'
      const path = ['spec', 'jwtRules', i, field]
      const message = `spec.jwtRules[${i}].${field} is not modelled: keys are not fetched, and every token of the rule is refused, as where istiod cannot fetch them; write jwks, or say what is there: Given the JWKS at "${uri}":`
      return [{ resource: resource.origin.resource, origin: originAt(resource, path), message }]
    })
  })
}
