import type { DirectResponseAction, RedirectAction } from '../../ir/route.ts'
import { redirectPath, type RewriteContext } from './path-rewrite.ts'
import type { HttpRedirect, HttpRule } from './virtual-service-types.ts'

/**
 * A port that is the default of the scheme is left out, but only where the rule speaks of ports.
 * `FROM_REQUEST_PORT` is the port of the listener that the route is made for. Source: Istio `core/route/route.go` ApplyRedirect.
 */
export function translateRedirect(redirect: HttpRedirect, listenPort: number, tls: boolean, context: RewriteContext): RedirectAction {
  return {
    kind: 'redirect',
    status: redirect.redirectCode || 301,
    scheme: redirect.scheme || null,
    host: redirect.authority || null,
    port: redirectPort(redirect, listenPort, tls),
    path: redirectPath(redirect, context),
  }
}

function redirectPort(redirect: HttpRedirect, listenPort: number, tls: boolean): number | null {
  const port = redirect.port ?? (redirect.derivePort === 'FROM_REQUEST_PORT' ? listenPort : 0)
  const scheme = redirect.scheme || (tls ? 'https' : 'http')
  const isDefault = (port === 80 && scheme === 'http') || (port === 443 && scheme === 'https')
  return port === 0 || isDefault ? null : port
}

/** Source: the same file, ApplyDirectResponse. */
export function translateDirectResponse(direct: NonNullable<HttpRule['directResponse']>): DirectResponseAction {
  const body = direct.body as { readonly string?: string; readonly bytes?: string } | undefined
  return { kind: 'direct-response', status: direct.status ?? 0, body: body?.string ?? (body?.bytes === undefined ? null : decodeBase64(body.bytes)) }
}

function decodeBase64(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)))
}
