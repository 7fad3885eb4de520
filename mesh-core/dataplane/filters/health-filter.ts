import type { HealthFilter } from '../../ir/inserted-filter.ts'
import type { HeaderMatch } from '../../ir/match.ts'
import type { Headers, HttpRequest } from '../../ir/message.ts'
import { compileHeaderMatch } from '../../match/header.ts'
import type { Noted, Notes } from './answer-filters.ts'
import type { Ending } from './fault-filter.ts'

const isWell: Ending = { reply: { status: 200, body: '' }, details: 'health_check_ok', flag: null }

/** Source: Envoy `health_check/health_check.cc` decodeHeaders. @returns `null`: the request goes on */
export function answerCheck(filter: HealthFilter, { request, notes, body }: Noted & { readonly body: { take(): void } }): Ending | null {
  if (!testsOf(filter.headers).every((holds) => holds(request))) return null
  notes.set(filter, '')
  if (filter.passesThrough) return null
  // It is answered when all of it is there.
  body.take()
  return isWell
}

/** Whoever has answered. Source: the same file, encodeHeaders. */
export function markCheck(filter: HealthFilter, headers: Headers, notes: Notes): void {
  if (notes.has(filter)) headers.set('x-envoy-upstream-healthchecked-cluster', filter.cluster)
}

const known = new WeakMap<readonly HeaderMatch[], readonly ((request: HttpRequest) => boolean)[]>()

function testsOf(matches: readonly HeaderMatch[]): readonly ((request: HttpRequest) => boolean)[] {
  const tests = known.get(matches) ?? matches.map(compileHeaderMatch)
  known.set(matches, tests)
  return tests
}
