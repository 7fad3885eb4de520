import { regexProblem } from '../../config/istio/matching.ts'
import { message, messages, text, type Message } from '../../envoy/fields.ts'
import { readStringMatch } from '../../envoy/matchers.ts'
import type { OriginRules, Passwords } from '../../ir/inserted-filter.ts'
import { shareOf } from './rate-limit-patches.ts'

/** `problem`: why Envoy does not take it. */
type Read<T> = T & { readonly problem: string | null }

/** Lines of `user:{SHA}hash`. Source: Envoy `basic_auth/config.cc` readHtpasswd. */
export function readPasswords(config: Message): Read<{ readonly users: Passwords }> {
  const all = text(message(config['users'], 'users')['inline_string']) ?? ''
  const lines = all.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const users: Record<string, string> = {}
  let problem: string | null = null
  for (const line of lines) {
    const [, name, hash] = /^([^:]+):\{SHA\}(.{28})$/.exec(line) ?? []
    if (name === undefined || hash === undefined) problem ??= 'a line of users is user:{SHA}hash'
    else if (users[name] !== undefined) problem ??= `the user ${name} is there twice`
    else users[name] = hash
  }
  return { users, problem }
}

/** Source: Envoy `extensions/filters/http/csrf`, and the constraints of `CsrfPolicy`. */
export function readOriginRules(config: Message): Read<OriginRules> {
  const origins = messages(config['additional_origins'], 'additional_origins')
  const patterns = origins.flatMap(({ safe_regex: regex }) => (regex === undefined ? [] : [String(message(regex, 'safe_regex')['regex'])]))
  const problem = patterns.reduce<string | null>((found, pattern) => found ?? regexProblem(pattern), null)
  return {
    enabled: shareOf(config['filter_enabled']),
    others: origins.map((origin) => readStringMatch(origin, 'additional_origins')),
    problem: config['filter_enabled'] === undefined ? 'a policy on origins needs filter_enabled' : problem,
  }
}
