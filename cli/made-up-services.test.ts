import { expect, test } from 'vitest'
import { readText } from '../mesh-core/config/load.ts'
import { parseServiceRef } from '../support/sentences/service-ref.ts'
import type { Call } from '../support/targets/target.ts'
import { madeUpLines, madeUpServices } from './made-up-services.ts'

const { resources } = readText(
  `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop}
spec:
  hosts: [shop]
  http:
  - match: [{uri: {prefix: /cart}}]
    route: [{destination: {host: cart, port: {number: 8080}}}]
  - match: [{uri: {prefix: /old}}]
    route: [{destination: {host: shop, port: {number: 80}}}]
  - route: [{destination: {host: shop}}]
`,
  'shop.yaml',
)
const callTo = (target: string, from: Call['from'] = { kind: 'service', service: parseServiceRef('web') }): Call => ({
  ...{ from, method: 'GET', target, headers: {}, body: '' },
})
const portsOf = (call: Call): Record<string, number[]> =>
  Object.fromEntries(madeUpServices(resources, call).services.map(({ name, port, ports = [] }) => [name, [port, ...ports]]))

const cases: { what: string; call: Call; ports: Record<string, number[]>; told: string | null }[] = [
  { what: 'no port', call: callTo('http://shop/'), ports: { shop: [80], cart: [8080], web: [80] }, told: null },
  // Port 80, which a destination names, stays.
  { what: 'a port', call: callTo('http://shop:9080/'), ports: { shop: [80, 9080], cart: [8080], web: [80] }, told: 'port 9080 of the request' },
  { what: 'port 80', call: callTo('http://shop:80/'), ports: { shop: [80], cart: [8080], web: [80] }, told: null },
  { what: 'a port of the gateway', call: callTo('http://shop:9080/', { kind: 'client' }), ports: { shop: [80], cart: [8080] }, told: null },
]

test.each(cases)('a request that names $what', ({ call, ports, told }) => {
  expect(portsOf(call)).toEqual(ports)
  const [, line = null] = madeUpLines(madeUpServices(resources, call))
  expect(line).toEqual(told === null ? null : expect.stringContaining(`the ports of shop: ${told}`))
})
