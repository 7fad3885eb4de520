import type { HeaderMatch } from '../ir/match.ts'
import type { HttpRequest } from '../ir/message.ts'
import { compileStringMatch, describeStringMatch } from './string.ts'

/** @returns a predicate over a request's headers and pseudo headers */
export function compileHeaderMatch(match: HeaderMatch): (request: HttpRequest) => boolean {
  const fulfils = compileAnyValue(match)
  return match.invert ? (request) => !fulfils(request) : fulfils
}

/** Why the request does or does not fulfil the condition: `header end-user is "anna", wanted exactly "jason"`. */
export function explainHeaderMatch(match: HeaderMatch, request: HttpRequest): string {
  const values = match.name.startsWith(':') ? [pseudoHeader(match.name)(request)] : headerValues(match.name, request)
  const seen = values.length === 0 ? 'is missing' : `is ${values.map((value) => `"${value}"`).join(' and ')}`
  const wanted = match.match.kind === 'present' && match.invert ? 'none' : `${match.invert ? 'not ' : ''}${describeStringMatch(match.match)}`
  return `header ${match.name} ${seen}, wanted ${wanted}`
}

function compileAnyValue(match: HeaderMatch): (request: HttpRequest) => boolean {
  const { name } = match
  const test = compileStringMatch(match.match)
  if (name.startsWith(':') || name === 'host') {
    const value = pseudoHeader(name)
    return (request) => test(value(request))
  }
  // Envoy asks whether the header is there before it looks at `treat_missing_header_as_empty`.
  const missing = match.treatMissingAsEmpty && match.match.kind !== 'present' && test('')
  return (request) => {
    const { fields } = request.headers
    let found = false
    for (let i = 0; i < fields.length; i += 2)
      if (fields[i] === name) {
        if (test(fields[i + 1]!)) return true
        found = true
      }
    return !found && missing
  }
}

function headerValues(name: string, request: HttpRequest): string[] {
  return name === 'host' ? [request.authority] : request.headers.all(name)
}

function pseudoHeader(name: string): (request: HttpRequest) => string {
  switch (name) {
    case ':method':
      return (request) => request.method
    case ':path':
      return (request) => request.path
    case ':authority':
    case 'host':
      return (request) => request.authority
    case ':scheme':
      return (request) => request.scheme
    default:
      return () => ''
  }
}
