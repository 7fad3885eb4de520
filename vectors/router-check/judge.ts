import { readHeaderMatch } from '../../mesh-core/envoy/matchers.ts'
import { type Headers, type HttpRequest } from '../../mesh-core/ir/index.ts'
import { compileHeaderMatch, explainHeaderMatch } from '../../mesh-core/match/header.ts'
import type { Difference } from '../difference.ts'
import type { Found } from '../../cli/import/router-check/lookup.ts'
import type { HeaderField, RouterCheckTest, RouterCheckWanted } from './vector.ts'

/** One thing that a test asks for, and whether it was found. */
export interface Verdict {
  readonly field: string
  readonly wanted: unknown
  readonly seen: unknown
  readonly holds: boolean
  readonly ofHeader: boolean
}

const values: readonly (readonly [keyof RouterCheckWanted, keyof Found])[] = [
  ['cluster_name', 'cluster'],
  ['virtual_cluster_name', 'virtualCluster'],
  ['virtual_host_name', 'virtualHost'],
  ['host_rewrite', 'host'],
  ['path_rewrite', 'path'],
  ['path_redirect', 'redirect'],
  ['code_redirect', 'code'],
]

export function judge({ validate }: RouterCheckTest, found: Found): Verdict[] {
  const request = found.request
  const response: HttpRequest = { ...request, headers: found.responseHeaders }
  return [
    ...values
      .filter(([field]) => validate[field] !== undefined)
      .map(([field, name]) => ({ field, wanted: validate[field], seen: found[name], holds: validate[field] === found[name], ofHeader: false })),
    ...matches('request', validate.request_header_matches ?? [], request),
    ...matches('response', validate.response_header_matches ?? [], response),
    ...equals('request', validate.request_header_fields ?? [], request.headers),
    ...equals('response', validate.response_header_fields ?? [], found.responseHeaders),
  ]
}

function matches(kind: string, wanted: readonly unknown[], subject: HttpRequest): Verdict[] {
  return wanted.map((matcher, i) => {
    const field = `${kind}_header_matches[${i}]`
    const match = readHeaderMatch(matcher, field, { file: field, document: 0, resource: field, path: [] })
    const holds = compileHeaderMatch(match)(subject)
    return { field, wanted: matcher, seen: explainHeaderMatch(match, subject), holds, ofHeader: true }
  })
}

function equals(kind: string, wanted: readonly HeaderField[], headers: Headers): Verdict[] {
  return wanted.map(({ key, value = '' }) => {
    const seen = headers.get(key.toLowerCase()) ?? ''
    return { field: `${kind}_header_fields.${key}`, wanted: value, seen, holds: seen === value, ofHeader: true }
  })
}

/**
 * @param expectPass of tests that are to fail, one that holds is a difference, and so is every header that was found as asked for
 */
export function differencesOf(test: RouterCheckTest, verdicts: readonly Verdict[], expectPass: boolean): Difference[] {
  const call = test.test_name
  if (expectPass) return verdicts.filter(({ holds }) => !holds).map(({ field, wanted, seen }) => ({ call, field, wanted, seen }))
  if (verdicts.every(({ holds }) => holds)) return [{ call, field: 'test', wanted: 'a failure', seen: 'everything holds' }]
  const note = 'is to be found otherwise'
  return verdicts.filter(({ holds, ofHeader }) => ofHeader && holds).map(({ field, wanted, seen }) => ({ call, field, wanted, seen, note }))
}
