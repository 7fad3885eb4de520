import { expect, test } from 'vitest'
import { readText } from '../../../../../mesh-core/config/read.ts'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import type { Exchange } from '../../../../../mesh-core/ir/exchange.ts'
import { ServedKeys } from './served-keys.ts'

const uri = 'https://issuer.example.com/keys'
const keysText = (jwks: string): string =>
  JSON.stringify({ apiVersion: 'meshspec.dev/v1', kind: 'JsonWebKeySet', metadata: { name: 'k' }, spec: { uri, jwks } })
const resources = (jwks: string) => readText(keysText(jwks), 'keys.yaml').resources
const rule = (jwtRules: object): KubeObject => ({
  apiVersion: 'security.istio.io/v1',
  kind: 'RequestAuthentication',
  metadata: { name: 'shop' },
  spec: { selector: { matchLabels: { app: 'shop' } }, jwtRules },
})
const answered = (status: number) => [{ response: { status } }] as unknown as Exchange[]

/** A pod that has what it is told, and tells what was fetched. */
function pod() {
  const has = new Map<string, string>()
  const fetched: string[] = []
  const serve = async (path: string, text: string) => (has.set(path, text), 'http://10.0.0.9')
  return { has, fetched, outside: { serve, served: async () => fetched } }
}

test('a rule names the pod, which has the keys, and all else stays', async () => {
  const { has, outside } = pod()
  const jwt = { issuer: 'shop', fromHeaders: [{ name: 'x-token' }] }
  const { spec, ...rest } = await new ServedKeys(outside).readdressed(
    rule([{ ...jwt, jwksUri: uri }, jwt, { issuer: 'b', jwks: '{}' }]),
    resources('{"keys":[]}'),
  )
  const [[path, text] = []] = has
  expect([has.size, text]).toEqual([1, '{"keys":[]}'])
  expect(spec).toEqual({
    selector: { matchLabels: { app: 'shop' } },
    jwtRules: [{ ...jwt, jwksUri: `http://10.0.0.9${path}` }, jwt, { issuer: 'b', jwks: '{}' }],
  })
  const { spec: _, ...before } = rule([])
  expect(rest).toEqual(before)
})

test('other keys, and those of another scenario, are at another path', async () => {
  const { has, outside } = pod()
  const keys = new ServedKeys(outside)
  for (const jwks of ['a', 'b', 'b']) await keys.readdressed(rule([{ issuer: 'shop', jwksUri: uri }]), resources(jwks))
  await new ServedKeys(outside).readdressed(rule([{ issuer: 'shop', jwks_uri: uri }]), resources('b'))
  expect([...has.values()]).toEqual(['a', 'b', 'b'])
})

test('an address of which nothing is said stays, and where nobody serves, nothing is said', async () => {
  const { outside } = pod()
  const elsewhere = rule([{ issuer: 'shop', jwksUri: 'https://other.example.com' }])
  expect(await new ServedKeys(outside).readdressed(elsewhere, resources('{}'))).toEqual(elsewhere)
  expect(await new ServedKeys(null).readdressed(elsewhere, resources('{}'))).toEqual(elsewhere)
  await expect(new ServedKeys(null).readdressed(rule([{ issuer: 'shop', jwksUri: uri }]), resources('{}'))).rejects.toThrow(
    /no pod that could have those of https:/,
  )
})

test('a token that is refused while nobody has fetched the keys says nothing', async () => {
  const { has, fetched, outside } = pod()
  const keys = new ServedKeys(outside)
  await keys.assertFetched(answered(401))
  await keys.readdressed(rule([{ issuer: 'shop', jwksUri: uri }]), resources('{}'))
  await keys.assertFetched(answered(200))
  await expect(keys.assertFetched(answered(401))).rejects.toMatchObject({ name: 'NotYetProgrammed', message: expect.stringContaining(uri) })
  fetched.push(...has.keys())
  await keys.assertFetched(answered(401))
})
