import { isDeepStrictEqual } from 'node:util'
import { type IcvCase, type IcvRequest, requestsOf, type Section } from '../../cli/import/icv/read-suite.ts'
import type { Difference } from '../difference.ts'
import type { WrittenVirtualService } from '../../cli/import/icv/written.ts'
import { ruleFor } from '../../cli/import/icv/rules.ts'

/** Runs each case as istio-config-validator does. Source: `internal/pkg/unit/unit.go` Run. */
export function runCases(cases: readonly IcvCase[], virtualServices: readonly WrittenVirtualService[]): Difference[] {
  return cases.flatMap((one) => requestsOf(one).flatMap((request) => runRequest(one, request, virtualServices)))
}

function runRequest(one: IcvCase, request: IcvRequest, all: readonly WrittenVirtualService[]): Difference[] {
  const call = `${one.description}: ${request.method} ${request.authority}${request.uri}`
  const first = ruleFor(request, all, true)?.written
  const complaints: Difference[] = []
  const expect = (section: Section, seen: unknown): void => {
    if (same(seen, one[section]) === one.wantMatch) return
    const note = one.wantMatch ? 'is to be so' : 'is not to be so'
    complaints.push({ call, field: section, wanted: one[section], seen, note })
  }
  const delegate = first?.delegate
  let rule = first
  if (delegate) {
    if (one.delegate) expect('delegate', delegate)
    if (one.route) {
      const target = all.find(
        ({ translated: { name, namespace } }) => name === delegate.name && (!delegate.namespace || namespace === delegate.namespace),
      )
      if (!target) return [{ call, field: 'delegate', wanted: delegate, seen: undefined, note: 'there is no such VirtualService' }]
      rule = ruleFor(request, [target], false)?.written
    }
  }
  expect('route', rule?.route)
  for (const section of ['rewrite', 'fault', 'headers', 'redirect'] as const) if (one[section]) expect(section, rule?.[section])
  return complaints
}

/** Protocol Buffers know no difference between a field that is missing and one that has its default. */
function same(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(withoutDefaults(one), withoutDefaults(other))
}

function withoutDefaults(value: unknown): unknown {
  if (value === undefined || value === null || value === 0 || value === false || value === '') return null
  if (Array.isArray(value)) return value.length === 0 ? null : value.map((item) => withoutDefaults(item))
  if (typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, field]) => [name, withoutDefaults(field)] as const)
      .filter(([, field]) => field !== null),
  )
}
