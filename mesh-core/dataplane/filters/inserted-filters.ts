import type { BodyBuffer, HeadersFilter, InsertedFilter, RouteFilters } from '../../ir/inserted-filter.ts'
import type { RateLimit } from '../../ir/route.ts'
import type { Notes } from './answer-filters.ts'
import { noteAccepted } from './compressor-filter.ts'
import { decompressRequest } from './decompressor-filter.ts'
import { faultName } from './filter-names.ts'
import { fromBrowser } from './grpc-web-filter.ts'
import { answerCheck } from './health-filter.ts'
import { isThere, toldTo, type ToldByRoute } from './told-by-route.ts'
import { injectFault, type Ending, type FaultyStream } from './fault-filter.ts'
import { requestMutators } from './headers-filter.ts'
import type { Mutator } from '../messages/header-mutation.ts'
import { askOrigin } from './origin-filter.ts'
import type { Asker } from './custom-access.ts'
import { scriptRequest, type ScriptedStream } from './lua/lua-filter.ts'
import type { Plane } from '../plane.ts'
import { askPassword } from './password-filter.ts'
import { keepState, type KeepingStream } from './state-filter.ts'
import { missingToken, type Buckets } from './rate-limit.ts'

/** The body of a request in front of filters that hold it back. */
export interface HeldBody {
  /** The client has sent one. */
  readonly isThere: boolean
  /** Is it larger than one of them takes? */
  outgrows(maxBytes: number): boolean
  /** All of it is there from now on. */
  hold(): void
  take(): void
}

/** Why a request goes no further: there is no token for it, or a filter answers it. */
export type Stop = RateLimit | Ending

export const tooLarge: Ending = { reply: { status: 413, body: 'Payload Too Large' }, details: 'request_payload_too_large', flag: null }

/** A request that inserted filters look at. */
export interface FilteredStream extends FaultyStream, KeepingStream, ScriptedStream {
  readonly body: HeldBody
  readonly notes: Notes
  /** A filter writes its headers. */
  rewrite(mutator: Mutator): void
}

export interface Visit {
  readonly filters: readonly InsertedFilter[]
  /** Names the filter chain. */
  readonly owner: string
  readonly buckets: Buckets
  readonly ofRoute: ToldByRoute
  readonly stream: FilteredStream
  readonly plane: Plane
  readonly asker: () => Asker
}

/** The filters of a place, one after the other. @param next what stops the request; `null`: it goes on */
export function visitFilters(visit: Visit, place: InsertedFilter['place'], next: (stop: Stop | null) => void, from = 0): void {
  const { filters, ofRoute, stream } = visit
  for (let i = from; i < filters.length; i++) {
    const filter = filters[i]!
    if (filter.place !== place || !isThere(filter, ofRoute)) continue
    if (filter.kind === 'fault') {
      const fault = (filter.name === faultName && ofRoute.fault) || filter.fault
      return injectFault(stream, fault, (ending) => (ending ? next(ending) : visitFilters(visit, place, next, i + 1)))
    }
    if (filter.kind === 'lua') {
      const { owner, plane, asker } = visit
      return scriptRequest({ filter, owner, ofRoute, plane, stream }, asker, (ending) =>
        ending ? next(ending) : visitFilters(visit, place, next, i + 1),
      )
    }
    const stop = stopAt(visit, i)
    if (stop) return next(stop)
  }
  next(null)
}

function stopAt({ filters, owner, buckets, ofRoute, stream }: Visit, index: number): Stop | null {
  const filter = filters[index] as Exclude<InsertedFilter, { kind: 'fault' | 'lua' }>
  switch (filter.kind) {
    case 'limit':
      return missingToken(filters, index, owner, buckets, ofRoute.limit)
    case 'headers':
      return rewritten(filter, ofRoute.levels, stream)
    case 'buffer':
      return held(filter, ofRoute.levels, stream.body)
    case 'passwords': {
      const own = toldTo(filter.name, ofRoute.levels)
      return askPassword(filter, own?.kind === 'passwords' ? own.users : filter.users, stream.request)
    }
    case 'origins': {
      const own = toldTo(filter.name, ofRoute.levels)
      return askOrigin(own?.kind === 'origins' ? own : filter, stream.request, buckets.chance)
    }
    case 'health':
      return answerCheck(filter, stream)
    case 'compressor':
      return noteAccepted(filter, stream)
    case 'decompressor':
      return decompressRequest(filter, stream.request, stream.body.isThere)
    case 'state':
      return keepState(filter, ofRoute.levels, stream)
    case 'grpc-web':
      return fromBrowser(filter, stream)
    case 'metadata':
      for (const name of filter.takesOfRequest) stream.request.headers.remove(name)
      return null
  }
}

function rewritten(filter: HeadersFilter, levels: readonly RouteFilters[], stream: FilteredStream): null {
  for (const mutator of requestMutators(filter, levels)) stream.rewrite(mutator)
  return null
}

function held({ name, maxBytes }: BodyBuffer, levels: readonly RouteFilters[], body: HeldBody): Ending | null {
  const own = toldTo(name, levels)
  const most = own?.kind === 'buffer' ? own.maxBytes : maxBytes
  if (most === null) return null
  if (body.outgrows(most)) return tooLarge
  body.hold()
  return null
}
