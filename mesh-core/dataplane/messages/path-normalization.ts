import type { EscapedSlashes, HttpSettings, PathNormalization } from '../../ir/proxy-config.ts'

/** What the connection manager makes of a path, by what it is told. Source: Envoy `ConnectionManagerUtility::maybeNormalizePath`. */
export function normalizeTarget(target: string, normalization: PathNormalization, settings: HttpSettings = {}): string {
  const decoded = escapedSlashes(normalization, settings) === 'KEEP_UNCHANGED' ? target : decodeSlashes(target)
  const canonical = normalization === 'NONE' ? decoded : canonicalTarget(decoded)
  return (settings.mergesSlashes ?? mergesSlashes.has(normalization)) ? mergeSlashes(canonical) : canonical
}

const mergesSlashes: ReadonlySet<PathNormalization> = new Set(['MERGE_SLASHES', 'DECODE_AND_MERGE_SLASHES'])

function escapedSlashes(normalization: PathNormalization, settings: HttpSettings): EscapedSlashes {
  return settings.escapedSlashes ?? (normalization === 'DECODE_AND_MERGE_SLASHES' ? 'UNESCAPE_AND_FORWARD' : 'KEEP_UNCHANGED')
}

/** What a request meets for a slash that is escaped in its path, besides that it is decoded. */
export type SlashVerdict = 'rejected' | 'redirected' | null

/** @param target as it came, but for its fragment */
export function judgeSlashes(target: string, { escapedSlashes }: HttpSettings): SlashVerdict {
  if (escapedSlashes !== 'REJECT_REQUEST' && escapedSlashes !== 'UNESCAPE_AND_REDIRECT') return null
  if (!/%(?:2f|5c)/i.test(target.slice(0, endOfPath(target)))) return null
  return escapedSlashes === 'REJECT_REQUEST' ? 'rejected' : 'redirected'
}

/** Source: Envoy `Http::PathUtil::canonicalPath`, which istiod switches on (`normalize_path`, mesh default `BASE`). */
function canonicalTarget(target: string): string {
  const end = endOfPath(target)
  // A path that no rule below could change is by far the most common one.
  if (!/[%\\]|\/\.|[^!-~]|["<>^`{|}]/.test(target.slice(0, end))) return target
  return normalizePath(target.slice(0, end)) + target.slice(end)
}

/** Envoy drops a fragment of the request target before it does anything else with it. */
export function withoutFragment(target: string): string {
  const fragment = target.indexOf('#')
  return fragment < 0 ? target : target.slice(0, fragment)
}

/** Envoy `merge_slashes`. */
function mergeSlashes(target: string): string {
  const end = endOfPath(target)
  // Envoy keeps the first and the last slash apart from what is between them: of nothing but slashes two are left.
  const path = target.slice(0, end)
  return (/^\/{2,}$/.test(path) ? '//' : path.replace(/\/{2,}/g, '/')) + target.slice(end)
}

/** Before all else. Source: Envoy `PathUtil::unescapeSlashes`. */
function decodeSlashes(target: string): string {
  const end = endOfPath(target)
  return target.slice(0, end).replace(/%2f/gi, '/').replace(/%5c/gi, '\\') + target.slice(end)
}

/** A path that the connection manager refuses, with status 400. */
export function isRefused(target: string): boolean {
  return target.includes('%00') && target.lastIndexOf('%00', endOfPath(target)) >= 0
}

function endOfPath(target: string): number {
  const query = target.indexOf('?')
  return query < 0 ? target.length : query
}

function normalizePath(path: string): string {
  const kept: string[] = []
  const segments = path.replaceAll('\\', '/').split('/').slice(1)
  segments.forEach((segment, i) => {
    const dots = dotsOf(segment)
    if (dots === 2) kept.pop()
    if (dots === 0) kept.push(escapeOdd(decodeUnreserved(segment)))
    else if (i === segments.length - 1) kept.push('')
  })
  return `/${kept.join('/')}`
}

/** 1 or 2 for a segment that stands for this or the upper directory, written `.` or `%2e`; parameters behind plain dots do not save it. */
function dotsOf(segment: string): 0 | 1 | 2 {
  const dots = /^(?:(?:\.|%2e){1,2}$|\.{1,2};)/i.exec(segment)?.[0]
  return dots === undefined ? 0 : dots.replace(';', '').replace(/%2e/gi, '.').length === 1 ? 1 : 2
}

/** `%61` becomes `a`; what is not unreserved in RFC 3986 stays as it was written, in the case that it was written in. */
function decodeUnreserved(path: string): string {
  return path.replace(/%([0-9a-f]{2})/gi, (escape, hex: string) => {
    const character = String.fromCharCode(parseInt(hex, 16))
    return /[A-Za-z0-9\-._~]/.test(character) ? character : escape
  })
}

function escapeOdd(path: string): string {
  return path.replace(/[^!-~]|["<>^`{|}]/g, (character) => encodeURIComponent(character))
}
