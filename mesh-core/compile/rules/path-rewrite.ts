import type { PathMatch } from '../../ir/match.ts'
import type { PathRewrite } from '../../ir/route.ts'
import type { Departs } from '../departures.ts'
import type { RouteSemantics } from './route-match.ts'
import type { HttpRedirect, HttpRule } from './virtual-service-types.ts'

/** Where a path is rewritten. */
export interface RewriteContext {
  readonly semantics: RouteSemantics
  /** That the route was chosen by. */
  readonly path: PathMatch
  readonly departs: Departs
}

/** Source: Istio `core/route/route.go` applyHTTPRouteDestination. */
export function pathRewrite({ uri, uriRegexRewrite }: NonNullable<HttpRule['rewrite']>, context: RewriteContext): PathRewrite | null {
  if (uriRegexRewrite) return { kind: 'regex', pattern: uriRegexRewrite.match ?? '', substitution: uriRegexRewrite.rewrite ?? '' }
  if (!uri) return null
  if (bySegments(context)) return prefixReplaced(uri, context)
  return uri === '/' && context.semantics === 'gateway-api' ? withoutPrefix(context) : { kind: 'prefix', replacement: uri }
}

/** Source: the same file, ApplyRedirect. `prefixRewrite` is younger than the CRD's types that we have. */
export function redirectPath(redirect: HttpRedirect & { readonly prefixRewrite?: string }, context: RewriteContext): PathRewrite | null {
  if (redirect.uri) return { kind: 'full', path: redirect.uri }
  if (redirect.prefixRewrite !== undefined && bySegments(context)) return prefixReplaced(redirect.prefixRewrite, context)
  return redirect.prefixRewrite ? { kind: 'prefix', replacement: redirect.prefixRewrite } : null
}

function bySegments({ semantics, departs }: RewriteContext): boolean {
  return semantics === 'gateway-api' && !departs('prefixesAreReplacedAsTexts')
}

/** A slash at the end of the replacement does not count. Source: Gateway API `HTTPPathModifier.replacePrefixMatch`. */
function prefixReplaced(replacement: string, context: RewriteContext): PathRewrite {
  const text = replacement.replace(/\/$/, '')
  if (text === '') return withoutPrefix(context)
  const { path } = context
  return { kind: 'prefix', replacement: path.kind === 'prefix' && path.prefix === '/' ? `${text}/` : text }
}

/** The root takes the prefix away, and the slash behind it stays. */
function withoutPrefix({ path }: RewriteContext): PathRewrite {
  return { kind: 'regex', pattern: `^${quoted(path.kind === 'segments' ? path.prefix : '')}(/?)(.*)`, substitution: '/\\2' }
}

/** Source: Go `regexp.QuoteMeta`. */
function quoted(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')
}
