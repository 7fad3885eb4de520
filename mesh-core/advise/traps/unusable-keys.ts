import { type Fields, kinds, listOf, specOf } from '../../analyze/inventory.ts'
import type { Resource } from '../../config/resource.ts'
import { webKeys } from '../../ir/json-web-keys.ts'
import type { Advice, Adviser } from '../advice.ts'
import { adviceTypes } from '../advice-types.ts'

/** istiod hands on any text that is JSON; Envoy takes no listener that looks for tokens by keys none of which it can use. Source: Envoy `jwt_authn/jwks_cache.cc`. */
export const unusableKeys: Adviser = {
  name: 'traps.UnusableKeys',
  inputs: [kinds.requestAuthentication],
  advise(mesh, advise) {
    for (const resource of mesh.all(kinds.requestAuthentication)) for (const advice of unusableKeysOf(resource)) advise(advice)
  },
}

export function unusableKeysOf(resource: Resource): readonly Advice<[issuer: string]>[] {
  return listOf(specOf(resource).jwtRules).flatMap((rule: Fields, i) => {
    const jwks: unknown = rule.jwks
    if (typeof jwks !== 'string' || jwks === '' || webKeys(jwks).length > 0) return []
    const path = ['spec', 'jwtRules', i, 'jwks']
    const hint = 'write {"keys": [...]} with public keys of RSA (512 bits or more, exponent 3 or 65537), of a curve, or a secret of HMAC'
    return [{ type: adviceTypes.unusableKeys, args: [String(rule.issuer ?? '')] as [string], resource, path, hint }]
  })
}
