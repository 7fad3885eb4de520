import { createHash } from 'node:crypto'
import type { PasswordFilter, Passwords } from '../../ir/inserted-filter.ts'
import type { HttpRequest } from '../../ir/message.ts'
import type { Ending } from './fault-filter.ts'

interface Denial {
  readonly details: string
  readonly problem: string
}

const missing: Denial = { details: 'no_credential_for_basic_auth', problem: 'Missing username and password.' }
const wrongScheme: Denial = { details: 'invalid_scheme_for_basic_auth', problem: "Expected 'Basic' authentication scheme." }
const wrongFormat: Denial = { details: 'invalid_format_for_basic_auth', problem: 'Invalid basic credential format.' }
const wrongPassword: Denial = { details: 'invalid_credential_for_basic_auth', problem: 'Invalid username/password combination.' }

const scheme = 'Basic '

/** Source: Envoy `basic_auth/basic_auth_filter.cc`. @returns `null`: the request goes on */
export function askPassword({ header, userHeader, allowsMissing }: PasswordFilter, users: Passwords, request: HttpRequest): Ending | null {
  const shown = request.headers.get(header)
  if (!shown?.startsWith(scheme)) return allowsMissing ? null : denied(shown === undefined ? missing : wrongScheme, request)
  const pair = decoded(shown.slice(scheme.length))
  const colon = pair.indexOf(':')
  if (colon < 0) return denied(wrongFormat, request)
  const user = pair.slice(0, colon)
  if (!Object.hasOwn(users, user) || hashOf(pair.slice(colon + 1)) !== users[user]) return denied(wrongPassword, request)
  if (userHeader !== null) request.headers.set(userHeader, user)
  return null
}

function hashOf(password: string): string {
  return createHash('sha1').update(password, 'utf8').digest('base64')
}

/** What is no base64 says nothing; its padding may be missing. */
function decoded(token: string): string {
  const bytes = Buffer.from(token, 'base64')
  return bytes.toString('base64').replace(/=+$/, '') === token.replace(/=+$/, '') ? bytes.toString('utf8') : ''
}

/** The path is told so far. Source: the same file, `MaximumUriLength`. */
const mostOfPath = 256

function denied({ details, problem }: Denial, { scheme: used, authority, path, headers }: HttpRequest): Ending {
  const asked = headers.get('x-envoy-original-path') ?? path
  const realm = `Basic realm="${used}://${authority}${asked.slice(0, mostOfPath)}"`
  return { reply: { status: 401, body: `User authentication failed. ${problem}`, headers: ['www-authenticate', realm] }, details, flag: null }
}
