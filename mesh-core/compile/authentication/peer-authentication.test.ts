import { expect, test } from 'vitest'
import { readText } from '../../config/load.ts'
import { PeerAuthentications, type MutualTlsMode } from './peer-authentication.ts'

const policy = (namespace: string, name: string, spec: string): string =>
  `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ${spec}\n`

/** In order of age. */
function policies(...texts: readonly string[]): PeerAuthentications {
  const { resources, errors } = readText(texts.join('---\n'), 'policies.yaml')
  expect(errors).toEqual([])
  return new PeerAuthentications(resources, 'istio-system')
}

const ofMesh = (mode: string): string => policy('istio-system', 'default', `{mtls: {mode: ${mode}}}`)
const ofShop = (mode: string): string => policy('shop', 'default', `{mtls: {mode: ${mode}}}`)
const cart = '{matchLabels: {app: cart}}'

const cases: {
  about: string
  policies: readonly string[]
  cart: MutualTlsMode
  port9000: MutualTlsMode
  shop: MutualTlsMode
  others: MutualTlsMode
}[] = [
  { about: 'none', policies: [], cart: 'permissive', port9000: 'permissive', shop: 'permissive', others: 'permissive' },
  { about: 'of the mesh', policies: [ofMesh('STRICT')], cart: 'strict', port9000: 'strict', shop: 'strict', others: 'strict' },
  { about: 'unset in the mesh', policies: [ofMesh('UNSET')], cart: 'permissive', port9000: 'permissive', shop: 'permissive', others: 'permissive' },
  {
    about: 'of a namespace',
    policies: [ofMesh('STRICT'), ofShop('DISABLE')],
    cart: 'disable',
    port9000: 'disable',
    shop: 'disable',
    others: 'strict',
  },
  {
    about: 'unset in a namespace',
    policies: [ofMesh('STRICT'), ofShop('UNSET')],
    cart: 'strict',
    port9000: 'strict',
    shop: 'strict',
    others: 'strict',
  },
  {
    about: 'of a workload, which clients do not go by',
    policies: [policy('shop', 'cart', `{selector: ${cart}, mtls: {mode: STRICT}, portLevelMtls: {9000: {mode: DISABLE}}}`)],
    cart: 'strict',
    port9000: 'disable',
    shop: 'permissive',
    others: 'permissive',
  },
  {
    about: 'unset for a port and for its workload',
    policies: [ofShop('STRICT'), policy('shop', 'cart', `{selector: ${cart}, portLevelMtls: {9000: {mode: UNSET}}}`)],
    cart: 'strict',
    port9000: 'strict',
    shop: 'strict',
    others: 'permissive',
  },
  {
    about: 'the oldest alone, its ports too',
    policies: [
      policy('shop', 'a', `{selector: ${cart}, mtls: {mode: DISABLE}}`),
      policy('shop', 'b', `{selector: ${cart}, mtls: {mode: STRICT}, portLevelMtls: {9000: {mode: STRICT}}}`),
    ],
    cart: 'disable',
    port9000: 'disable',
    shop: 'permissive',
    others: 'permissive',
  },
  {
    about: 'a selector in the root namespace selects nobody',
    policies: [policy('istio-system', 'cart', `{selector: ${cart}, mtls: {mode: STRICT}}`)],
    cart: 'permissive',
    port9000: 'permissive',
    shop: 'permissive',
    others: 'permissive',
  },
]

test.each(cases)('$about', ({ about: _, policies: texts, ...wanted }) => {
  const known = policies(...texts)
  const subject = { namespace: 'shop', labels: { app: 'cart', version: 'v1' } }
  expect({
    cart: known.modeOf(subject, 8080),
    port9000: known.modeOf(subject, 9000),
    shop: known.modeOfNamespace('shop'),
    others: known.modeOfNamespace('others'),
  }).toEqual(wanted)
})

test('a workload of the root namespace follows the policy of the mesh', () => {
  expect(policies(ofMesh('STRICT')).modeOf({ namespace: 'istio-system', labels: { app: 'cart' } }, 80)).toBe('strict')
})
