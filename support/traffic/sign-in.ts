import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { answerOf } from '../checks/reach.ts'
import { StatementFailed } from '../verdicts/failure.ts'
import type { Call } from '../targets/target.ts'

/** The login form of Bookinfo's page, which takes any password. */
export function loginCall(user: string): Call {
  const body = new URLSearchParams({ username: user, passwd: 'password' }).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return { from: { kind: 'client' }, method: 'POST', target: '/login', headers, body }
}

/**
 * @returns the value of the Cookie header from now on
 * @throws StatementFailed when the login was not answered with a cookie
 */
export function cookieOf(login: Exchange, user: string): string {
  const cookies = (login.response?.headers.all('set-cookie') ?? []).map((cookie) => cookie.split(';', 1)[0]!)
  if (cookies.length === 0)
    throw new StatementFailed(`user ${JSON.stringify(user)} could not sign in: to POST /login ${answerOf(login)}, without a cookie`)
  return cookies.join('; ')
}
