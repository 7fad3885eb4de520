import type { ObservedCall } from '../../vectors/mesh-observed/case.ts'
import { document } from './document.ts'
import type { Json } from './matches.ts'
import type { Subject } from './scenery.ts'

/** What becomes of endpoints that fail: one call after another, each with the time that a change of health takes. */
export const ejection: Subject = (draw, count) => {
  const outlierDetection: Json = {
    ...draw.maybe(0.7, () => ({ consecutive5xxErrors: draw.one([1, 1, 2, 0]) })),
    ...draw.maybe(0.3, () => ({ consecutiveGatewayErrors: draw.one([1, 2]) })),
    ...draw.maybe(0.25, () => ({ splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: draw.one([1, 2]) })),
    ...draw.maybe(0.3, () => ({ minHealthPercent: draw.one([0, 60]) })),
    ...draw.maybe(0.25, () => ({ outlierDetectionHttpErrorCodes: draw.one([[503], [500, 429], [429]]) })),
    maxEjectionPercent: draw.one([10, 50, 100, 100]),
    interval: draw.one(['1s', '30s', '300s']),
    baseEjectionTime: draw.one(['60s', '300s']),
  }
  const trafficPolicy = { outlierDetection, ...draw.maybe(0.3, () => ({ loadBalancer: { simple: 'RANDOM' } })) }
  const ofMesh = draw.chance(0.25)
  const rule = document('DestinationRule', 'b', 'default', {
    host: 'b',
    ...draw.one<Json>([
      { trafficPolicy },
      ...(ofMesh ? [{ trafficPolicy: { loadBalancer: { simple: 'RANDOM' } } }] : []),
      {
        subsets: [
          { name: 'v1', labels: { version: 'v1' }, trafficPolicy },
          { name: 'all', labels: {} },
        ],
      },
    ]),
  })
  const route = draw.chance(0.5)
    ? [
        document('VirtualService', 'b', 'default', {
          hosts: ['b'],
          http: [
            {
              retries: draw.one<Json>([{ attempts: 0 }, { attempts: 1, retryOn: '5xx' }]),
              route: [{ destination: { host: 'b', ...draw.maybe('subsets' in rule.spec ? 0.8 : 0, () => ({ subset: draw.one(['v1', 'all']) })) } }],
            },
          ],
        }),
      ]
    : []
  const ill = draw.one([{ status: 503 }, { status: 500 }, { status: 429 }, { reset: true }, { refuse: true }, { status: 503, first: 2 }])
  return {
    config: [rule, ...route],
    // Alike, so that chance does not decide what is seen.
    behaviour: { 'b-v1.default': ill, 'b-v2.default': ill },
    calls: Array.from({ length: Math.min(count, 6) }, (): ObservedCall => ({
      from: 'a.default',
      request: 'GET http://b/',
      ...(ofMesh && { pause: '1300ms' }),
    })),
    ...(ofMesh && { meshConfig: { defaultTrafficPolicy: { outlierDetection } } }),
  }
}
