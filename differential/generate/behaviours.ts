import type { Behaviour } from '../../vectors/mesh-observed/case.ts'
import type { Draw } from '../draw.ts'
import type { Document } from './document.ts'

const workloads: readonly (readonly string[])[] = [
  ['b-v1.default', 'b-v2.default'],
  ['c-v1.default', 'c-v2.default', 'c-v3.default'],
  ['b-v1.default'],
  ['b-v2.default'],
  ['c-v1.default'],
  ['d.other'],
]

/** All workloads of a service mostly behave alike: which of them is reached is chance. Where a timeout could strike, some are slow. */
export function behaviours(draw: Draw, config: readonly Document[]): Record<string, Behaviour> {
  if (/imeout":"150ms"/.test(JSON.stringify(config)) && draw.chance(0.5))
    return Object.fromEntries([...workloads[0]!, ...workloads[1]!].map((workload) => [workload, { delay: '300ms' }]))
  if (!draw.chance(0.6)) return {}
  return Object.assign(
    {},
    ...draw.many(1, 2, () => {
      const same = behaviour(draw)
      return Object.fromEntries(draw.one(workloads).map((workload) => [workload, same]))
    }),
  ) as Record<string, Behaviour>
}

export function behaviour(draw: Draw): Behaviour {
  return draw.one<Behaviour>([
    ...[503, 503, 500, 502, 504, 409, 418, 404, 429].map((status) => ({ status })),
    { status: 503, first: 2 },
    { status: 500, first: 1 },
    { delay: '300ms' },
    { reset: true },
    { refuse: true },
    { body: 'said by the workload' },
    { headers: { 'x-served-by': 'me', 'x-env': ['1', '2'] } },
    { headers: { 'access-control-allow-origin': '*', server: 'own' } },
    { headers: { 'set-cookie': ['a=1', 'b=2'], 'x-envoy-overloaded': 'true' } },
    { status: 302, headers: { location: 'http://b/elsewhere' } },
    { status: 204 },
  ])
}
