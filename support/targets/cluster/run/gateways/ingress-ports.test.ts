import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { serversOf } from './ingress-ports.ts'

const gateway = (selector: object | undefined, number: number) =>
  ({
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name: `gateway-${number}` },
    spec: { selector, servers: [{ port: { number, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }] },
  }) as unknown as KubeObject

test('ports of egress gateways are none of the ingress gateway', () => {
  const gateways = [
    gateway({ istio: 'ingressgateway' }, 1),
    gateway({ istio: 'meshspec-1-ingressgateway' }, 2),
    gateway({ istio: 'egressgateway' }, 3),
    gateway({ app: 'edge' }, 4),
    gateway(undefined, 5),
  ]
  const ports = serversOf(gateways, ['meshspec-1-ingressgateway', 'ingressgateway']).map(({ port }) => port.number)
  expect(ports).toEqual([1, 2, 4, 5])
})
