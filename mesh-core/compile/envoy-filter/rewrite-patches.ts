import { regexProblem } from '../../config/istio/matching.ts'
import { message, text, type Message } from '../../envoy/fields.ts'
import type { PathRewrite, Refusal } from '../../ir/route.ts'

interface Rewriting {
  readonly rewrite: PathRewrite | null
  readonly refusal: Refusal | null
}

/**
 * What of a merged route action says how paths are rewritten. The two kinds are fields of their own, of which Envoy takes one:
 * one of the other kind beside what istiod has written spoils the table. Source: Envoy `RouteEntryImplBase`.
 */
export function mergeRewrite(known: PathRewrite | null, value: Message): Rewriting {
  const own = rewriteOf(known, value)
  if (own.rewrite === null || own.refusal !== null) return own.rewrite === null ? { rewrite: known, refusal: own.refusal } : own
  const wrote = known === null ? null : fieldOf(known)
  if (wrote === null || wrote === fieldOf(own.rewrite)) return own
  return { rewrite: known, refusal: { reason: `a route has ${wrote}, and ${fieldOf(own.rewrite)} beside it`, spoils: 'table' } }
}

function fieldOf({ kind }: PathRewrite): string {
  return kind === 'prefix' ? 'prefix_rewrite' : 'regex_rewrite'
}

function rewriteOf(known: PathRewrite | null, value: Message): Rewriting {
  const prefix = text(value['prefix_rewrite'])
  const both = prefix !== null && value['regex_rewrite'] !== undefined
  if (both) return { rewrite: known, refusal: { reason: 'a route has prefix_rewrite and regex_rewrite', spoils: 'table' } }
  if (prefix !== null) return { rewrite: { kind: 'prefix', replacement: prefix }, refusal: null }
  return value['regex_rewrite'] === undefined ? { rewrite: null, refusal: null } : regexOf(known, message(value['regex_rewrite'], 'value.route'))
}

/** A pattern, or a substitution, that is left out is istiod's own. */
function regexOf(known: PathRewrite | null, value: Message): Rewriting {
  const before = known?.kind === 'regex' ? known : { pattern: '', substitution: '' }
  const pattern = text(message(value['pattern'], 'value.route.regex_rewrite')['regex']) ?? before.pattern
  const rewrite: PathRewrite = { kind: 'regex', pattern, substitution: text(value['substitution']) ?? before.substitution }
  if (pattern === '') return { rewrite: null, refusal: { reason: 'regex_rewrite has no pattern', spoils: 'message' } }
  const problem = regexProblem(pattern)
  return problem === null ? { rewrite, refusal: null } : { rewrite: null, refusal: { reason: problem, spoils: 'table' } }
}
