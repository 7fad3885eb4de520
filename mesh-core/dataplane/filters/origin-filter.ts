import type { OriginRules } from '../../ir/inserted-filter.ts'
import type { StringMatch } from '../../ir/match.ts'
import type { HttpRequest } from '../../ir/message.ts'
import { compileStringMatch } from '../../match/string.ts'
import type { Random } from '../../time/random.ts'
import type { Ending } from './fault-filter.ts'

const million = 1_000_000
const changing: ReadonlySet<string> = new Set(['POST', 'PUT', 'DELETE', 'PATCH'])
const mismatch: Ending = { reply: { status: 403, body: 'Invalid origin' }, details: 'csrf_origin_mismatch', flag: null }

/** Source: Envoy `csrf/csrf_filter.cc`. @returns `null`: the request goes on */
export function askOrigin({ enabled, others }: OriginRules, request: HttpRequest, chance: Random): Ending | null {
  if (!changing.has(request.method) || enabled === 0 || (enabled < million && chance.below(million) >= enabled)) return null
  const source = placeOf(request.headers.get('origin')) || placeOf(request.headers.get('referer'))
  const isOwn = source !== '' && (source === placeOf(request.authority) || testsOf(others).some((test) => test(source)))
  return isOwn ? null : mismatch
}

/** Host and port of a URL; what is none stands for itself. */
function placeOf(url = ''): string {
  return /^https?:\/\/([^/?#]*)/i.exec(url)?.[1] ?? url
}

const known = new WeakMap<readonly StringMatch[], readonly ((text: string) => boolean)[]>()

function testsOf(matches: readonly StringMatch[]): readonly ((text: string) => boolean)[] {
  const tests = known.get(matches) ?? matches.map(compileStringMatch)
  known.set(matches, tests)
  return tests
}
