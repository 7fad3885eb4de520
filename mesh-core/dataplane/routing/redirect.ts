import type { PathMatch } from '../../ir/match.ts'
import type { HttpRequest } from '../../ir/message.ts'
import type { RedirectAction } from '../../ir/route.ts'
import { pathWithoutQuery } from '../../match/path.ts'
import { compilePathRewrite } from './path-rewrite.ts'

/** @returns the location that the client is sent to. Source: Envoy `RouteEntryImplBase::newUri`. */
export function compileRedirect(redirect: RedirectAction, match: PathMatch): (request: HttpRequest) => string {
  const path = compileRedirectPath(redirect, match)
  return (request) => {
    const scheme = redirect.scheme ?? request.scheme
    const port = redirect.port === null ? '' : `:${redirect.port}`
    const host = redirect.host ?? hostOf(request, scheme, redirect.port !== null)
    const target = path(request.path)
    return `${scheme}://${host}${port}${target.startsWith('/') ? '' : '/'}${target}`
  }
}

/** Where a virtual host that wants TLS sends plain requests. Envoy `require_tls: ALL`. */
export function locationWithTls(request: HttpRequest): string {
  return `https://${request.authority}${request.path}`
}

/** Where an answer made by the proxy itself says it is, when its status is one that tells a place. */
export function locationOfItself(request: HttpRequest): string {
  return `${request.scheme}://${request.authority}${request.path}`
}

function compileRedirectPath({ path, stripsQuery }: RedirectAction, match: PathMatch): (target: string) => string {
  // A query of the rule's own takes the place of the request's.
  if (path?.kind === 'full' && path.path.includes('?')) return () => path.path
  const edit = compileEdit(path, match)
  return stripsQuery ? (target) => pathWithoutQuery(edit(target)) : edit
}

function compileEdit(path: RedirectAction['path'], match: PathMatch): (target: string) => string {
  if (path === null) return (target) => target
  if (path.kind !== 'full') return compilePathRewrite(path, match)
  return (target) => path.path + target.slice(pathWithoutQuery(target).length)
}

/** A port of the request goes when another one is set, or when it was the default of a scheme that changes. */
function hostOf(request: HttpRequest, scheme: string, hasNewPort: boolean): string {
  const { authority } = request
  const colon = authority.lastIndexOf(':')
  if (colon < 0 || authority.indexOf(']', colon) >= 0) return authority
  const port = authority.slice(colon + 1)
  const before = request.headers.get('x-forwarded-proto') ?? request.scheme
  const wasDefault = scheme !== before && ((before === 'http' && port === '80') || (before === 'https' && port === '443'))
  return hasNewPort || wasDefault ? authority.slice(0, colon) : authority
}
