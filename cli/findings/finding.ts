import { describeEvidence, describeMessage, placeOf, sentenceOf } from '../../mesh-core/analyze/describe.ts'
import type { Evidence, Level, Message, Related } from '../../mesh-core/analyze/message.ts'
import type { MeshSpecError } from '../../mesh-core/config/errors.ts'
import type { Position } from '../../mesh-core/ir/origin.ts'
import { formatPath } from '../../mesh-core/ir/origin.ts'

export const levels: readonly Level[] = ['error', 'warning', 'info']

/** What is wrong with config, or what an expert would warn of, whoever has found it. */
export interface Finding {
  readonly level: Level
  /** `INVALID_WEIGHT`, `IST0101`: docs/errors.md has an entry for each. */
  readonly code: string
  /** One sentence. */
  readonly problem: string
  readonly hint: string | null
  /** `VirtualService default/reviews`; `null` for a document that is no resource. */
  readonly resource: string | null
  /** `spec.http[0].route`; `''` for the whole. */
  readonly field: string
  readonly file: string | null
  readonly position: Position | null
  /** Requests that show it, as mesh-core answered them. */
  readonly proof: readonly Evidence[]
  /** Places that take part in it, such as the rule that goes before. */
  readonly related: readonly FindingPlace[]
  /** `mesh.yaml:12:7 IST0101 VirtualService default/reviews spec.http[0]: there is no host "x"` */
  readonly sentence: string
  /** All of it in a few lines, as a person reads it. */
  readonly text: string
}

export interface FindingPlace {
  readonly resource: string
  readonly field: string
  readonly file: string
  readonly position: Position | null
}

export function findingOfError(error: MeshSpecError): Finding {
  return provedError(error, [])
}

/** @param proof requests that show what comes of it */
export function provedError({ message, details }: MeshSpecError, proof: readonly Evidence[]): Finding {
  const { code, problem, hint, origin, place } = details
  const sentence = hint === null ? message : message.slice(0, -`\n  hint: ${hint}`.length)
  return {
    ...{ level: 'error', code, problem, hint },
    resource: origin?.resource ?? null,
    field: origin ? formatPath(origin.path) : '',
    file: place?.file ?? null,
    position: place?.position ?? null,
    ...{ proof, related: [] },
    sentence,
    text: [sentence, ...proof.map((one) => `  proof: ${describeEvidence(one)}`), ...(hint === null ? [] : [`  hint: ${hint}`])].join('\n'),
  }
}

export function findingOfMessage(message: Message): Finding {
  const { level, code, text: problem, hint, resource, path, proof = [], related = [] } = message
  return {
    ...{ level, code, problem, hint, proof },
    resource: resource.origin.resource,
    field: formatPath(path),
    ...placeOf(message),
    related: related.map(findingPlaceOf),
    sentence: sentenceOf(message),
    text: describeMessage(message),
  }
}

function findingPlaceOf(related: Related): FindingPlace {
  return { resource: related.resource.origin.resource, field: formatPath(related.path), ...placeOf(related) }
}

/** At or above a level. */
export function isAtLeast({ level }: Finding, least: Level): boolean {
  return levels.indexOf(level) <= levels.indexOf(least)
}
