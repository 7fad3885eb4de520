import { regexProblem } from '../../config/istio/matching.ts'
import { message, text, type Message } from '../../envoy/fields.ts'
import type { ForwardAction, Refusal } from '../../ir/route.ts'

interface Rewriting {
  readonly rewrite: ForwardAction['hostRewrite']
  readonly refusal: Refusal | null
}

/**
 * What of a merged route action says for which host requests go on. One way takes the place of another; of several that stand together the one that
 * Envoy's message has last does. Source: Envoy `RouteAction.host_rewrite_specifier`, `github.com/golang/protobuf` jsonpb.
 */
export function mergeHostRewrite(known: ForwardAction['hostRewrite'], value: Message): Rewriting {
  if (value['host_rewrite_path_regex'] !== undefined) return ofPath(known, message(value['host_rewrite_path_regex'], 'value.route'))
  const header = value['host_rewrite_header']
  if (header !== undefined) return { rewrite: header === '' ? null : { kind: 'header', name: String(header).toLowerCase() }, refusal: null }
  const auto = value['auto_host_rewrite']
  if (auto !== undefined) return { rewrite: auto === true ? { kind: 'endpoint' } : null, refusal: null }
  const literal = text(value['host_rewrite_literal'])
  return { rewrite: literal ?? known, refusal: null }
}

/** A pattern, or a substitution, that is left out is that of a patch before. */
function ofPath(known: ForwardAction['hostRewrite'], value: Message): Rewriting {
  const before = typeof known === 'object' && known?.kind === 'path' ? known : { pattern: '', substitution: '' }
  const pattern = text(message(value['pattern'], 'value.route.host_rewrite_path_regex')['regex']) ?? before.pattern
  if (pattern === '') return { rewrite: known, refusal: { reason: 'host_rewrite_path_regex has no pattern', spoils: 'message' } }
  const problem = regexProblem(pattern)
  if (problem !== null) return { rewrite: known, refusal: { reason: problem, spoils: 'table' } }
  return { rewrite: { kind: 'path', pattern, substitution: text(value['substitution']) ?? before.substitution }, refusal: null }
}
