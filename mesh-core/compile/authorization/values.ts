import type { AccessCondition } from '../../ir/access.ts'
import type { StringMatch } from '../../ir/match.ts'

type TextMatch = Exclude<StringMatch, { kind: 'present' }>

/** `*` is anything but nothing, `a*` and `*a` a beginning and an end. Source: Istio `security/authz/matcher/string.go`. */
function textMatch(value: string): TextMatch {
  if (value === '*') return something
  if (value.startsWith('*')) return { kind: 'suffix', value: value.slice(1), ignoreCase: false }
  if (value.endsWith('*')) return { kind: 'prefix', value: value.slice(0, -1), ignoreCase: false }
  return { kind: 'exact', value, ignoreCase: false }
}

const something: TextMatch = { kind: 'regex', pattern: '.+' }

/** Of headers `*` is any value, the empty one too. Source: the same package, HeaderMatcher, HostMatcher. */
function headerMatch(value: string, ignoreCase: boolean): StringMatch {
  if (value === '*') return { kind: 'present' }
  return { ...(textMatch(value) as Exclude<TextMatch, { kind: 'regex' }>), ignoreCase }
}

export const header = (name: string, value: string): AccessCondition => ({
  kind: 'header',
  name: name.toLowerCase(),
  match: headerMatch(value, false),
})

export const host = (value: string): AccessCondition => ({ kind: 'header', name: ':authority', match: headerMatch(value, true) })

export const method = (value: string): AccessCondition => header(':method', value)

/** Source: the same package, PathMatcher, PathTemplateMatcher. */
export function path(value: string): AccessCondition {
  if (value.includes('{*}') || value.includes('{**}'))
    return { kind: 'path-template', template: value.replaceAll('{*}', '*').replaceAll('{**}', '**') }
  return { kind: 'path', match: textMatch(value) }
}

export const destinationPort = (value: string): AccessCondition => ({ kind: 'destination-port', port: Number(value) })
export const destinationAddress = (range: string): AccessCondition => ({ kind: 'destination-address', range })
export const connectionAddress = (range: string): AccessCondition => ({ kind: 'connection-address', range })
export const clientAddress = (range: string): AccessCondition => ({ kind: 'client-address', range })
export const serverName = (value: string): AccessCondition => ({ kind: 'server-name', match: textMatch(value) })

const peer = (match: TextMatch): AccessCondition => ({ kind: 'peer', match })
const scheme = 'spiffe://'

/** Source: `security/authz/model/generator.go` srcPrincipalGenerator, matcher/string.go StringMatcherWithPrefix. */
export function principal(value: string): AccessCondition {
  if (value === '*') return peer(something)
  if (value.startsWith('*')) return peer({ kind: 'regex', pattern: `${scheme}.*${quoted(value.slice(1))}` })
  return peer(textMatch(`${scheme}${value}`))
}

/** Source: the same file, srcNamespaceGenerator. */
export const namespace = (value: string): AccessCondition => peer({ kind: 'regex', pattern: `.*/ns/${value.split('*').map(quoted).join('.*')}/.*` })

/** Of the policy's own namespace where it names none. Source: the same file, serviceAccountRegex. */
export function serviceAccount(value: string, ownNamespace: string): AccessCondition {
  const slash = value.indexOf('/')
  const [of, account] = slash < 0 ? [ownNamespace, value] : [value.slice(0, slash), value.slice(slash + 1)]
  return peer({ kind: 'regex', pattern: `${scheme}.+/ns/${quoted(of)}/(.+/|)sa/${quoted(account)}(/.+)?` })
}

/** Source: the same file, srcTrustDomainGenerator. */
export function trustDomain(value: string): AccessCondition {
  if (value === '*') return peer({ kind: 'prefix', value: scheme, ignoreCase: false })
  if (!value.includes('*')) return peer({ kind: 'prefix', value: `${scheme}${value}/`, ignoreCase: false })
  const [before = '', after = ''] = value.split('*')
  return peer({ kind: 'regex', pattern: `${scheme}${quoted(before)}[^/]*${quoted(after)}/.*` })
}

/** `<issuer>/<subject>`. The issuer may be a URL, so the last slash divides. Source: the same file, requestPrincipalGenerator. */
export function requestPrincipal(value: string): AccessCondition {
  const [issuer, subject] = issuerAndSubject(value)
  return { kind: 'all', conditions: [text('iss', issuer), text('sub', subject)] }
}

function text(claim: string, match: TextMatch): AccessCondition {
  return { kind: 'claim', claim: [claim], match, isText: true }
}

function issuerAndSubject(value: string): readonly [issuer: TextMatch, subject: TextMatch] {
  const slash = value.lastIndexOf('/')
  const [issuer, subject] = slash < 0 ? [value, ''] : [value.slice(0, slash), value.slice(slash + 1)]
  const exactly = (one: string): TextMatch => ({ kind: 'exact', value: one, ignoreCase: false })
  if (value === '*') return [something, something]
  if (value.startsWith('*')) return slash < 0 ? [something, textMatch(value)] : [textMatch(issuer), exactly(subject)]
  if (value.endsWith('*')) return slash < 0 ? [textMatch(value), something] : [exactly(issuer), textMatch(subject)]
  return [exactly(issuer), exactly(subject)]
}

export const claim =
  (...names: readonly string[]) =>
  (value: string): AccessCondition => ({ kind: 'claim', claim: names, match: textMatch(value), isText: false })

/** As Go's regexp.QuoteMeta. */
function quoted(value: string): string {
  return value.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')
}
