import type { Resource } from '../../config/resource.ts'
import { type Problem, unsupportedValue } from './conditions.ts'
import type { Attachment } from './parents.ts'

/** What became of a route's rules. Routes of the mesh and of gateways are made apart: only the latter need ReferenceGrants. */
export interface RouteResult<Rule> {
  readonly rules: readonly Rule[]
  /** What its references do not reach, and what is not supported. */
  readonly problems: readonly Problem[]
  /** Is there a rule in which everything is supported? */
  readonly acts: boolean
}

export interface AttachedRoute<Rule> {
  readonly resource: Resource
  readonly attachments: readonly Attachment[]
  readonly atGateways: RouteResult<Rule>
  readonly inMesh: RouteResult<Rule>
}

export interface Converted<Rule> {
  /** `null`: it cannot be made at all; then nothing of the route is done. */
  readonly rule: Rule | null
  readonly problems: readonly Problem[]
}

/** Of converted rules: none where one of them could not be made at all. */
export function resultOf<Rule>(converted: readonly Converted<Rule>[]): RouteResult<Rule> {
  const broken = converted.find(({ rule }) => rule === null)
  if (broken) return { rules: [], problems: broken.problems, acts: false }
  const acts = converted.some(({ problems }) => !problems.some(({ reason }) => reason === unsupportedValue))
  return { rules: converted.flatMap(({ rule }) => rule ?? []), problems: converted.flatMap(({ problems }) => problems), acts }
}

export const noResult: RouteResult<never> = { rules: [], problems: [], acts: true }
