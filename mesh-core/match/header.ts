import type { HeaderMatch, NumberRange } from '../ir/match.ts'
import type { HttpRequest } from '../ir/message.ts'
import { compileStringMatch, describeStringMatch } from './string.ts'

/** @returns a predicate over a request's headers and pseudo headers */
export function compileHeaderMatch(match: Omit<HeaderMatch, 'origin'>): (request: HttpRequest) => boolean {
  const { name, invert } = match
  const test = compileValueMatch(match.match)
  const pseudo = pseudoHeaders.get(name)
  if (pseudo) return (request) => test(pseudo(request)) !== invert
  const missing = takesMissing(match, test)
  return (request) => {
    const { fields } = request.headers
    let found = false
    for (let i = 0; i < fields.length; i += 2)
      if (fields[i] === name) {
        if (test(fields[i + 1]!)) return !invert
        found = true
      }
    return found ? invert : missing
  }
}

/** What asks for a value does not hold of a header that is missing, inverted or not; an empty one is there. Source: Envoy `HeaderUtility::HeaderDataBaseImpl`. */
function takesMissing({ match, invert, treatMissingAsEmpty }: Omit<HeaderMatch, 'origin'>, test: (value: string) => boolean): boolean {
  return treatMissingAsEmpty ? test('') !== invert : match.kind === 'present' && invert
}

/** Why the request does or does not fulfil the condition: `header end-user is "anna", wanted exactly "jason"`. */
export function explainHeaderMatch(match: HeaderMatch, request: HttpRequest): string {
  const pseudo = pseudoHeaders.get(match.name)
  const values = pseudo ? [pseudo(request)] : request.headers.all(match.name)
  const seen = values.length === 0 ? 'is missing' : `is ${values.map((value) => `"${value}"`).join(' and ')}`
  const wanted = match.match.kind === 'present' && match.invert ? 'none' : `${match.invert ? 'not ' : ''}${describeValueMatch(match.match)}`
  return `header ${match.name} ${seen}, wanted ${wanted}`
}

function compileValueMatch(match: HeaderMatch['match']): (value: string) => boolean {
  return match.kind === 'range' ? (value) => isInRange(value, match) : compileStringMatch(match)
}

/** What is no whole number is in no range. Source: Envoy `HeaderDataRangeMatch`. */
function isInRange(value: string, { start, end }: NumberRange): boolean {
  return /^[+-]?\d+$/.test(value) && Number(value) >= start && Number(value) < end
}

function describeValueMatch(match: HeaderMatch['match']): string {
  return match.kind === 'range' ? `a number from ${match.start} to below ${match.end}` : describeStringMatch(match)
}

/** The first of the header's values. */
export function headerOf(request: HttpRequest, name: string): string | undefined {
  const pseudo = pseudoHeaders.get(name)
  return pseudo ? pseudo(request) : request.headers.get(name)
}

/** What requests carry outside their fields. Any other name is that of a field. */
const pseudoHeaders: ReadonlyMap<string, (request: HttpRequest) => string> = new Map([
  [':method', (request) => request.method],
  [':path', (request) => request.path],
  [':scheme', (request) => request.scheme],
  [':authority', (request) => request.authority],
  ['host', (request) => request.authority],
])
