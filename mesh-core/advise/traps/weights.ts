import { kinds, listOf, specOf } from '../../analyze/inventory.ts'
import type { Adviser } from '../advice.ts'
import { adviceTypes } from '../advice-types.ts'
import { evidenceOf } from '../rules/trial.ts'
import { RuleTrials } from './rule-trials.ts'

/** Weights are shares of their sum (Istio `pkg/config/validation/validation.go` validateWeights); one that is not 100 is often a slip. */
export const weightsNotHundred: Adviser = {
  name: 'traps.WeightsNotHundred',
  inputs: [kinds.virtualService],
  async advise(mesh, advise) {
    for (const resource of mesh.all(kinds.virtualService))
      for (const protocol of ['http', 'tcp', 'tls'])
        for (const [i, rule] of listOf(specOf(resource)[protocol]).entries()) {
          const weights = listOf(rule.route).map(({ weight }) => Number(weight ?? 0))
          const sum = weights.reduce((all, weight) => all + weight, 0)
          if (weights.length < 2 || sum === 100 || sum === 0) continue
          const shares = weights.map((weight) => percent(weight / sum)).join(', ')
          const found = protocol === 'http' ? RuleTrials.of(mesh).comesTo(resource, i) : null
          const exchange = found && (await RuleTrials.of(mesh).stage(found, found.trial).send(found.trial))
          const odds = exchange?.hops[0]?.explain?.()?.odds ?? []
          const proof = found && odds.length > 0 ? [evidenceOf(found.trial, found.review.vs.gateways, `${odds.map(oddsText).join(', ')}`)] : []
          const path = ['spec', protocol, i, 'route']
          advise({ type: adviceTypes.weightsNotHundred, args: [sum, shares], resource, path, hint: 'let them add up to 100', proof })
        }
  },
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))}%`
}

/** `25% to reviews subset v1` */
function oddsText({ cluster, share }: { readonly cluster: string; readonly share: number }): string {
  const [, , subset, host = cluster] = cluster.split('|')
  return `${percent(share)} to ${host.replace(/\.svc\.cluster\.local$/, '')}${subset ? ` subset ${subset}` : ''}`
}
