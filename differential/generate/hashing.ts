import type { ObservedCall } from '../../vectors/mesh-observed/case.ts'
import type { Draw } from '../draw.ts'
import { type Document, document } from './document.ts'
import { deployment, service } from './manifests.ts'
import type { Json } from './matches.ts'
import type { Subject } from './scenery.ts'
import { consistentHash } from './traffic-policies.ts'

/** Which endpoint a key reaches: rings and tables of several sizes, over few and many endpoints. */
export const hashing: Subject = (draw, count) => {
  const pods = draw.many(1, 6, (i) =>
    deployment(`r-${i}`, 'default', { labels: { app: 'r', version: draw.one(['v1', 'v2']) }, replicas: draw.one([1, 1, 2]) }),
  )
  const rule = document('DestinationRule', 'r', 'default', {
    host: 'r',
    trafficPolicy: {
      loadBalancer: { consistentHash: consistentHash(draw) },
      ...draw.maybe(0.2, () => ({ portLevelSettings: [{ port: { number: 9090 }, loadBalancer: { consistentHash: consistentHash(draw) } }] })),
    },
    ...draw.maybe(0.5, () => ({
      subsets: ['v1', 'v2'].map((name) => ({
        name,
        labels: { version: name },
        ...draw.maybe(0.4, () => ({ trafficPolicy: { loadBalancer: { consistentHash: consistentHash(draw) } } })),
      })),
    })),
  })
  const routes = draw.chance(0.5) ? route(draw) : []
  return {
    config: [service('r', 'default', 0), ...pods, rule, ...routes],
    calls: Array.from({ length: count }, () => keyedCall(draw, routes.length > 0)),
    ...draw.maybe(0.2, () => ({ behaviour: { 'r-0.default': draw.one([{ status: 503 }, { reset: true }]) } })),
  }
}

function route(draw: Draw): Document[] {
  const to = (): Json => ({ destination: { host: 'r', port: { number: 80 }, ...draw.maybe(0.6, () => ({ subset: draw.one(['v1', 'v2']) })) } })
  const http = [
    {
      ...draw.maybe(0.3, () => ({ rewrite: { uri: '/' } })),
      ...draw.maybe(0.3, () => ({ retries: { attempts: 2, retryOn: '5xx,reset' } })),
      route: draw.one([
        () => [to()],
        () => [
          { ...to(), weight: 50 },
          { ...to(), weight: 50 },
        ],
      ])(),
    },
  ]
  const servers = [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['r.example.com'] }]
  return [
    document('Gateway', 'gw', 'default', { selector: { istio: 'ingressgateway' }, servers }),
    document('VirtualService', 'r', 'default', { hosts: ['r', 'r.example.com'], gateways: ['mesh', 'gw'], http }),
  ]
}

function keyedCall(draw: Draw, atGateway: boolean): ObservedCall {
  const outside = atGateway && draw.chance(0.4)
  const query = draw.one(['', '', `?user=${word(draw)}`, `?q=${word(draw)}&user=${word(draw)}`, '?user='])
  const headers: Record<string, string | string[]> = {
    ...draw.maybe(0.7, () => ({ 'x-env': draw.one<string | string[]>([word(draw), word(draw), '', 'über', [word(draw), word(draw)]]) })),
    ...draw.maybe(0.3, () => ({ 'end-user': word(draw) })),
    ...draw.maybe(0.2, () => ({ 'x-case': word(draw) })),
    ...draw.maybe(0.5, () => ({
      cookie: draw.one([`session=${word(draw)}`, `a=b; session=${word(draw)}`, `session=`, `session="${word(draw)}"`, 'other=1']),
    })),
  }
  return {
    from: outside ? 'ingressgateway' : draw.one(['a.default', 'd.other', 'c-v1.default']),
    request: `GET http://${outside ? 'r.example.com' : `r.default${draw.one(['', '', ':9090'])}`}/${draw.one(['', word(draw)])}${query}`,
    ...(Object.keys(headers).length > 0 && { headers }),
  }
}

function word(draw: Draw): string {
  return draw.one(['one', 'two', 'three', 'a', 'b', '42', 'long'.repeat(20), String(draw.between(0, 1000))])
}
