import { Headers } from '../../../mesh-core/ir/message.ts'
import type { HttpRequest, HttpResponse } from '../../../mesh-core/ir/message.ts'
import { remember } from '../../remember.ts'
import { isCurrent, readSession, signSession } from './session.ts'
import type { Session } from './session.ts'

const noSession: Session = { user: null, signedAt: 0 }
const sessionOfCookies = remember(256, findSession)

/** The user that the session cookie names; `null` for nobody. */
export function userOf(request: HttpRequest, nowMs: number): string | null {
  const cookies = request.headers.get('cookie')
  if (cookies === undefined) return null
  const session = sessionOfCookies(cookies)
  return isCurrent(session, nowMs) ? session.user : null
}

function findSession(cookies: string): Session {
  for (const cookie of cookies.split(';')) {
    const equals = cookie.indexOf('=')
    if (cookie.slice(0, equals).trim() === 'session') return readSession(cookie.slice(equals + 1).trim()) ?? noSession
  }
  return noSession
}

/** Any password will do. The browser goes back to where it came from. */
export function signIn(request: HttpRequest, nowMs: number): HttpResponse {
  const response = backToReferer(request)
  const cookie = signSession({ user: formValue(request, 'username'), signedAt: nowMs / 1000 })
  response.headers.append('set-cookie', `session=${cookie}; HttpOnly; Path=/`)
  return response
}

export function signOut(request: HttpRequest, nowMs: number): HttpResponse {
  const response = backToReferer(request)
  if (userOf(request, nowMs) !== null)
    response.headers.append('set-cookie', 'session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; Path=/')
  return response
}

/** Without a Referer the Location is the word `None`: what Flask's redirect makes of it. */
function backToReferer(request: HttpRequest): HttpResponse {
  const location = request.headers.get('referer') ?? 'None'
  const headers = new Headers(['content-type', 'text/html; charset=utf-8', 'location', location, 'vary', 'Cookie'])
  return { status: 302, headers, body: '<!doctype html>\n<title>Redirecting</title><p>You are being sent back.\n' }
}

/** From the query string or the form, in this order; `null` when neither has it. */
function formValue(request: HttpRequest, name: string): string | null {
  const query = request.path.indexOf('?')
  const inQuery = query < 0 ? null : new URLSearchParams(request.path.slice(query + 1)).get(name)
  const isForm = request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') ?? false
  return inQuery ?? (isForm ? new URLSearchParams(request.body).get(name) : null)
}
