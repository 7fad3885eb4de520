import type { InsertedFilter } from '../../ir/inserted-filter.ts'
import type { HttpRequest, HttpResponse } from '../../ir/message.ts'
import type { Plane } from '../plane.ts'
import type { Subject } from '../replies/format/subject.ts'
import { compressAnswer } from './compressor-filter.ts'
import { decompressAnswer } from './decompressor-filter.ts'
import { toBrowser } from './grpc-web-filter.ts'
import { responseMutators } from './headers-filter.ts'
import { markCheck } from './health-filter.ts'
import { scriptAnswer, type ScriptedStream } from './lua/lua-filter.ts'
import { isThere, type ToldByRoute } from './told-by-route.ts'

/** What filters have kept of a request for its answer. */
export type Notes = Map<InsertedFilter, string>

/** A request of which filters keep something. */
export interface Noted {
  readonly request: HttpRequest
  readonly notes: Notes
}

/** An answer on its way back. */
export interface PassedAnswer {
  readonly response: HttpResponse
  /** As it came to the filters. */
  readonly hadBody: boolean
  /** No workload has given it. */
  readonly isOwn: boolean
  readonly notes: Notes
  readonly subject: () => Subject
}

/** An answer over which scripts may run. */
interface ScriptedAnswer extends PassedAnswer {
  /** Names the filter chain. */
  readonly owner: string
  readonly plane: Plane
  readonly stream: ScriptedStream
}

/** What filters of a place make of an answer, the last of them first. @returns whether one has written headers as it was told to */
export function filterAnswer(
  inserted: readonly InsertedFilter[],
  place: InsertedFilter['place'],
  ofRoute: ToldByRoute,
  answer: ScriptedAnswer,
): boolean {
  const own = inserted.filter((one) => one.place === place && isThere(one, ofRoute)).toReversed()
  return own.map((filter) => isWritten(filter, inserted, ofRoute, answer)).includes(true)
}

function isWritten(filter: InsertedFilter, inserted: readonly InsertedFilter[], ofRoute: ToldByRoute, answer: ScriptedAnswer): boolean {
  const { headers } = answer.response
  switch (filter.kind) {
    case 'headers': {
      const mutators = responseMutators(filter, ofRoute.levels)
      for (const mutator of mutators) mutator(headers, answer.subject())
      return mutators.length > 0
    }
    case 'health':
      markCheck(filter, headers, answer.notes)
      return false
    case 'compressor':
      compressAnswer(
        filter,
        inserted.filter((one) => one.kind === 'compressor' && isThere(one, ofRoute)),
        answer,
      )
      return false
    case 'decompressor':
      decompressAnswer(filter, answer)
      return false
    case 'grpc-web':
      toBrowser(filter, answer)
      return false
    case 'metadata':
      for (const name of filter.takesOfAnswer) headers.remove(name)
      return false
    case 'lua':
      return scriptAnswer({ filter, ofRoute, ...answer }, answer.response)
    case 'limit':
    case 'buffer':
    case 'fault':
    case 'passwords':
    case 'origins':
    case 'state':
      return false
  }
}
