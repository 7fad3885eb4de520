import type { Fields } from '../istio/judge.ts'
import { type FieldRule, has, must, needsPort, unique } from './field-rule.ts'

/** A field of a filter goes with its type, and the other way round. */
const filterFields: Readonly<Record<string, string>> = {
  RequestHeaderModifier: 'requestHeaderModifier',
  ResponseHeaderModifier: 'responseHeaderModifier',
  RequestMirror: 'requestMirror',
  RequestRedirect: 'requestRedirect',
  URLRewrite: 'urlRewrite',
  ExtensionRef: 'extensionRef',
  CORS: 'cors',
  ExternalAuth: 'externalAuth',
}
const onlyOnce = ['RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestRedirect', 'URLRewrite', 'CORS']

/** Of the filters at a place. */
export function filterRules(at: string): FieldRule[] {
  return [
    { at: `${at}[]`, check: (filter: Fields) => mismatchOf(filter) },
    { at, check: (all: readonly Fields[]) => repeated(all) },
    must(
      at,
      'may hold either RequestRedirect or URLRewrite, but not both',
      (all: readonly Fields[]) => !(ofType(all, 'RequestRedirect') && ofType(all, 'URLRewrite')),
    ),
    must(`${at}[].requestMirror`, 'only one of percent and fraction may be set', (mirror: Fields) => !(has(mirror.percent) && has(mirror.fraction))),
    must(
      `${at}[].requestMirror.fraction`,
      'the numerator must not be greater than the denominator',
      ({ numerator, denominator = 100 }: Fields) => numerator <= denominator,
    ),
    ...[`${at}[].requestMirror.backendRef`, `${at}[].externalAuth.backendRef`].map(needsPort),
    { at: `${at}[].externalAuth`, check: protocolMismatch },
    ...['requestRedirect', 'urlRewrite'].map((field) => ({ at: `${at}[].${field}.path`, check: modifierMismatch })),
    ...['allowOrigins', 'allowMethods', 'allowHeaders'].map((field) =>
      must(`${at}[].cors.${field}`, '"*" stands alone or not at all', (all: readonly string[]) => !all.includes('*') || all.length === 1),
    ),
    ...['requestHeaderModifier', 'responseHeaderModifier'].flatMap((field) =>
      ['set', 'add'].map((part) => unique(`${at}[].${field}.${part}`, 'name')),
    ),
  ]
}

export function ofType(filters: readonly Fields[], type: string): boolean {
  return filters.some((filter) => filter.type === type)
}

function repeated(filters: readonly Fields[]): string | null {
  const twice = onlyOnce.find((type) => filters.filter((filter) => filter.type === type).length > 1)
  return twice ? `filter ${twice} cannot be repeated` : null
}

function mismatchOf(filter: Fields): string | null {
  const wanted = filterFields[filter.type as string]
  if (wanted && !has(filter[wanted])) return `${wanted} must be set for a filter of type ${filter.type}`
  const other = Object.values(filterFields).find((field) => field !== wanted && has(filter[field]))
  return other ? `${other} must not be set for a filter of type ${filter.type}` : null
}

/** What is said of a protocol goes with it, and the other way round. */
function protocolMismatch({ protocol, ...rest }: Fields): string | null {
  for (const [name, field] of Object.entries({ GRPC: 'grpc', HTTP: 'http' }))
    if (has(rest[field]) !== (protocol === name)) return `${field} must ${protocol === name ? '' : 'not '}be set for the protocol ${protocol}`
  return null
}

function modifierMismatch({ type, replaceFullPath, replacePrefixMatch }: Fields): string | null {
  const [wanted, other] = type === 'ReplaceFullPath' ? [replaceFullPath, replacePrefixMatch] : [replacePrefixMatch, replaceFullPath]
  if (!has(wanted)) return `the path that type ${type} puts there is missing`
  return has(other) ? `only the path that type ${type} puts there may be set` : null
}
