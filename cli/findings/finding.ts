import { describeMessage, placeOf } from '../../mesh-core/analyze/describe.ts'
import type { Level, Message } from '../../mesh-core/analyze/message.ts'
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
  /** All of it in a line or two, as a person reads it. */
  readonly text: string
}

export function findingOfError({ message, details }: MeshSpecError): Finding {
  const { code, problem, hint, origin, place } = details
  return {
    ...{ level: 'error', code, problem, hint },
    resource: origin?.resource ?? null,
    field: origin ? formatPath(origin.path) : '',
    file: place?.file ?? null,
    position: place?.position ?? null,
    text: message,
  }
}

export function findingOfMessage(message: Message): Finding {
  const { level, code, text: problem, hint, resource, path } = message
  const text = describeMessage(message)
  return { ...{ level, code, problem, hint }, resource: resource.origin.resource, field: formatPath(path), ...placeOf(message), text }
}

/** At or above a level. */
export function isAtLeast({ level }: Finding, least: Level): boolean {
  return levels.indexOf(level) <= levels.indexOf(least)
}
