import type { Draw } from '../draw.ts'
import { type Document, document } from './document.ts'
import type { Json } from './matches.ts'
import { script } from './scripts.ts'

/** A script for the proxies of a namespace, of all, or of some. */
export function trafficExtension(draw: Draw, index: number): Document {
  const namespace = draw.one(['default', 'default', 'istio-system', 'other'])
  return document('TrafficExtension', `extension-${index}`, namespace, {
    ...draw.one<() => Json>([
      () => ({}),
      () => ({ selector: { matchLabels: draw.one<Json>([{ app: 'a' }, { app: 'b' }, { istio: 'ingressgateway' }]) } }),
      () => ({ targetRefs: [draw.one<Json>([gateway('gateway'), { ...gateway('gateway'), namespace }, { group: '', kind: 'Service', name: 'b' }])] }),
    ])(),
    ...draw.maybe(0.6, () => ({ phase: draw.one(['AUTHN', 'AUTHZ', 'STATS', 'UNSPECIFIED']) })),
    ...draw.maybe(0.4, () => ({ priority: draw.one([-5, 0, 5, 10]) })),
    ...draw.maybe(0.5, () => ({ match: draw.many(1, 2, () => selector(draw)) })),
    lua: { inlineCode: script(draw, `extension-${index}`) || '-- nothing' },
  })
}

function selector(draw: Draw): Json {
  return {
    ...draw.maybe(0.6, () => ({ mode: draw.one(['CLIENT', 'SERVER', 'CLIENT_AND_SERVER']) })),
    ...draw.maybe(0.5, () => ({ ports: draw.some([80, 8080, 9090], 1, 2).map((number) => ({ number })) })),
  }
}

const gateway = (name: string): Json => ({ group: 'gateway.networking.k8s.io', kind: 'Gateway', name })
