import type { Resource } from '../../config/resource.ts'

/** What the addresses of `jwksUri` answer with: JSON of a JWKS, by address. */
export type KeySets = ReadonlyMap<string, string>

/** As somebody has said what they answer with. */
export function keySetsOf(resources: readonly Resource[]): KeySets {
  const given = resources.flatMap(({ kind, object }): [string, string][] => {
    const { uri, jwks } = (object['spec'] ?? {}) as { readonly uri?: unknown; readonly jwks?: unknown }
    return kind === 'JsonWebKeySet' && typeof uri === 'string' && typeof jwks === 'string' ? [[uri, jwks]] : []
  })
  return new Map(given)
}

/** `null`: nobody knows, and it is as if nobody answered. */
export function keysAt(uri: string, given: KeySets): string | null {
  return given.get(uri) ?? (sampleAddress.test(uri) ? sampleKeys : null)
}

const sampleAddress = /^https:\/\/raw\.githubusercontent\.com\/istio\/istio\/[^/]+\/security\/tools\/jwt\/samples\/jwks\.json$/

/** By whose private half the tokens of Istio's tasks are signed. */
const sampleKeys = JSON.stringify({
  keys: [
    {
      kty: 'RSA',
      kid: 'DHFbpoIUqrY8t2zpA2qXfCmr5VO5ZEr4RzHU_-envvQ',
      e: 'AQAB',
      n: 'xAE7eB6qugXyCAG3yhh7pkDkT65pHymX-P7KfIupjf59vsdo91bSP9C8H07pSAGQO1MV_xFj9VswgsCg4R6otmg5PV2He95lZdHtOcU5DXIg_pbhLdKXbi66GlVeK6ABZOUW3WYtnNHD-91gVuoeJT_DwtGGcp4ignkgXfkiEm4sw-4sfb4qdt5oLbyVpmW6x9cfa7vs2WTfURiCrBoUqgBo_-4WTiULmmHSGZHOjzwa8WtrtOQGsAFjIbno85jp6MnGGGZPYZbDAa_b3y5u-YpW7ypZrvD8BgtKVjgtQgZhLAGezMt0ua3DRrWnKqTZ0BJ_EyxOGuHJrLsn00fnMQ',
    },
  ],
})

/** Under which address a rule's keys are to be found. Both spellings are read. */
export function jwksUriOf({ jwksUri, jwks_uri: other }: { readonly jwksUri?: string; readonly jwks_uri?: string }): string {
  return jwksUri || other || ''
}
