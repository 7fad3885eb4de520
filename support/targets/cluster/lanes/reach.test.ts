import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import { reachOf, reachOfCall } from './reach.ts'

const isOwn = (namespace: string): boolean => namespace === 'meshspec-abc-0' || namespace === 'meshspec-abc-0-prod'

function object(kind: string, spec: object, apiVersion = 'networking.istio.io/v1'): KubeObject {
  return { apiVersion, kind, metadata: { name: 'one', namespace: 'meshspec-abc-0' }, spec } as unknown as KubeObject
}

const entry = (ports: object, more: object = {}) => ({ hosts: ['edition.cnn.com'], ports: [ports], ...more })
const http = { number: 80, protocol: 'HTTP' }

describe('how far a rule acts', () => {
  test.each([
    ['VirtualService', { hosts: ['shop'] }, 'own'],
    ['VirtualService', { hosts: ['shop.meshspec-abc-0-prod.svc.cluster.local'] }, 'own'],
    ['VirtualService', { hosts: ['shop.meshspec-abc-0-prod'] }, 'own'],
    ['VirtualService', { hosts: ['*.meshspec-abc-0.svc.cluster.local'] }, 'own'],
    ['VirtualService', { hosts: ['shop.others.svc.cluster.local'] }, 'outside'],
    ['VirtualService', { hosts: ['shop', 'shop.example.com'] }, 'outside'],
    ['VirtualService', { hosts: ['meshspec-abc-0.example.com'] }, 'outside'],
    ['VirtualService', { hosts: ['*'], gateways: ['meshspec-abc-0/gateway'] }, 'own'],
    ['VirtualService', { hosts: ['shop.example.com'], gateways: ['gateway', 'mesh'] }, 'outside'],
    ['VirtualService', { hosts: ['shop.example.com'], exportTo: ['.'] }, 'own'],
    ['VirtualService', { hosts: ['shop.example.com'], exportTo: ['meshspec-abc-0-prod'] }, 'own'],
    ['VirtualService', { hosts: ['shop.example.com'], exportTo: ['.', 'others'] }, 'outside'],
    ['VirtualService', { hosts: ['*.local'] }, 'mesh'],
    ['DestinationRule', { host: 'shop' }, 'own'],
    ['DestinationRule', { host: '*.cnn.com' }, 'outside'],
    ['DestinationRule', { host: '*.svc.cluster.local' }, 'mesh'],
    ['DestinationRule', { host: '*.svc.cluster.local', workloadSelector: { matchLabels: { app: 'shop' } } }, 'own'],
    ['ServiceEntry', entry(http), 'outside'],
    ['ServiceEntry', entry({ number: 443, protocol: 'TLS' }), 'outside'],
    ['ServiceEntry', entry({ number: 9080, protocol: 'TLS' }), 'mesh'],
    ['ServiceEntry', entry({ number: 3306, protocol: 'TCP' }), 'mesh'],
    ['ServiceEntry', entry({ number: 3306, protocol: 'TCP' }, { addresses: ['240.1.1.1'] }), 'outside'],
    ['ServiceEntry', entry({ number: 3306, protocol: 'TCP' }, { addresses: ['240.1.0.0/16'] }), 'mesh'],
    ['ServiceEntry', entry({ number: 3306, protocol: 'TCP' }, { exportTo: ['.'] }), 'own'],
    ['ServiceEntry', { hosts: ['db.meshspec-abc-0.svc.cluster.local'], ports: [{ number: 3306, protocol: 'TCP' }] }, 'mesh'],
    ['Gateway', { selector: { istio: 'egressgateway' }, servers: [{ hosts: ['*'] }] }, 'own'],
    ['Sidecar', { egress: [{ hosts: ['*/*'] }] }, 'own'],
  ] as const)('%s %j: %s', (kind, spec, reach) => {
    expect(reachOf(object(kind, spec), isOwn)).toBe(reach)
  })

  test.each([
    ['Gateway', 'own'],
    ['Service', 'own'],
    ['ServiceEntry', 'outside'],
    ['Hostname', 'outside'],
  ] as const)('a route of the Gateway API at a %s: %s', (kind, reach) => {
    expect(reachOf(object('HTTPRoute', { parentRefs: [{ kind, name: 'one' }] }, 'gateway.networking.k8s.io/v1'), isOwn)).toBe(reach)
  })

  test.each([
    ['shop', 'own'],
    ['shop.meshspec-abc-0-prod', 'own'],
    ['10.1.2.3', 'own'],
    ['edition.cnn.com', 'outside'],
    ['anything.local', 'outside'],
  ] as const)('a request to %s: %s', (host, reach) => {
    expect(reachOfCall(host, isOwn)).toBe(reach)
  })
})
