import { kinds, listOf, specOf, textsOf } from '../../analyze/inventory.ts'
import { meshGateway } from '../../compile/names.ts'
import type { Adviser } from '../advice.ts'
import { adviceTypes } from '../advice-types.ts'
import { evidenceOf, type Trial } from '../rules/trial.ts'
import { RuleTrials } from './rule-trials.ts'

/** A match that names gateways holds for whoever comes through one of them, sidecars among them. Source: Istio `core/route/route.go` sourceMatchHTTP. */
export const sourceNotAsked: Adviser = {
  name: 'traps.SourceNotAsked',
  inputs: [kinds.virtualService],
  async advise(mesh, advise) {
    for (const resource of mesh.all(kinds.virtualService))
      for (const [i, { match: matches }] of listOf(specOf(resource).http).entries())
        for (const [m, match] of listOf(matches).entries()) {
          const field = unaskedIn(match)
          const found = field && RuleTrials.of(mesh).comesTo(resource, i, m)
          if (!found) continue
          const stranger = strangerTo(match, found.trial, resource.namespace)
          if (found.review.takerOf(stranger) !== found.entry) continue
          advise({
            type: adviceTypes.sourceNotAsked,
            args: [field],
            ...{ resource, path: ['spec', 'http', i, 'match', m, field] },
            hint: 'take gateways out of this match; a match of its own beside it may name them',
            proof: [evidenceOf(stranger, found.review.vs.gateways, 'taken by this match')],
          })
        }
  },
}

type Match = Readonly<Record<string, unknown>>

function unaskedIn(match: Match): 'sourceLabels' | 'sourceNamespace' | null {
  if (!textsOf(match['gateways']).includes(meshGateway)) return null
  if (Object.keys((match['sourceLabels'] as object | undefined) ?? {}).length > 0) return 'sourceLabels'
  return match['sourceNamespace'] ? 'sourceNamespace' : null
}

/** A pod without any of the labels, and of another namespace. */
function strangerTo({ sourceNamespace }: Match, trial: Trial, namespace: string): Trial {
  return { ...trial, gateway: meshGateway, labels: {}, namespace: sourceNamespace === namespace ? 'elsewhere' : namespace }
}
