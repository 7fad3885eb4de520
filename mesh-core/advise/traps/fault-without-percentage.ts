import { kinds, listOf, specOf } from '../../analyze/inventory.ts'
import type { Adviser } from '../advice.ts'
import { adviceTypes } from '../advice-types.ts'
import { evidenceOf } from '../rules/trial.ts'
import { RuleTrials } from './rule-trials.ts'

/** Without a percentage none is meant, and not all. Source: Istio `core/route/route.go` TranslateFault. */
export const faultWithoutPercentage: Adviser = {
  name: 'traps.FaultWithoutPercentage',
  inputs: [kinds.virtualService],
  async advise(mesh, advise) {
    for (const resource of mesh.all(kinds.virtualService))
      for (const [i, { fault }] of listOf(specOf(resource).http).entries())
        for (const kind of ['delay', 'abort'] as const) {
          const spec = fault?.[kind]
          if (!spec || spec.percentage !== undefined || spec.percent !== undefined) continue
          const trials = RuleTrials.of(mesh)
          const found = trials.comesTo(resource, i)
          if (!found) continue
          const exchange = await trials.stage(found, found.trial).send(found.trial)
          const log = exchange.hops[0]?.log
          if (!log || log.flags.includes('FI') || log.flags.includes('DI')) continue
          const seen = `${exchange.response?.status} after ${Math.round(exchange.durationMs)} ms, without the fault`
          advise({
            type: adviceTypes.faultWithoutPercentage,
            args: [kind === 'delay' ? 'delayed' : 'aborted'],
            ...{ resource, path: ['spec', 'http', i, 'fault', kind] },
            hint: 'add percentage: {value: 100} for all requests',
            proof: [evidenceOf(found.trial, found.review.vs.gateways, seen)],
          })
        }
  },
}
