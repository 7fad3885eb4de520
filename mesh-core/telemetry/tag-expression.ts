import { Environment } from '@marcbachmann/cel-js'
import { QueryNotModelled } from './promql/value.ts'

/** What expressions may speak of, by Envoy's names. Source: Envoy's attributes. */
export interface Attributes {
  readonly request: Readonly<Record<string, unknown>>
  readonly response: Readonly<Record<string, unknown>>
  readonly destination: Readonly<Record<string, unknown>>
  readonly upstream: Readonly<Record<string, unknown>>
  readonly xds: Readonly<Record<string, unknown>>
  readonly filter_state: Readonly<Record<string, unknown>>
}

const environment = new Environment({ unlistedVariablesAreDyn: true })
const parsed = new Map<string, ReturnType<Environment['parse']>>()

/** Those that mean the same to Envoy; `matches` reads its pattern as RE2 there. */
const functions: ReadonlySet<string> = new Set(['string', 'int', 'uint', 'double', 'bool', 'size', 'has', 'startsWith', 'endsWith', 'contains'])

/** Names by which nothing is looked up. */
const literals: ReadonlySet<string> = new Set(['true', 'false', 'null', 'in'])

/**
 * The value of a label that a Telemetry gives. What it speaks of may not be there, as a header may not: then it is `unknown`. Source: Istio's proxy, `istio_stats.cc`.
 * @throws QueryNotModelled for an attribute or a function that is not known here
 */
export function tagValue(expression: string, attributes: Attributes): string {
  assertKnown(expression, attributes)
  try {
    let evaluate = parsed.get(expression)
    if (!evaluate) parsed.set(expression, (evaluate = environment.parse(expression)))
    return String(evaluate(attributes))
  } catch {
    return 'unknown'
  }
}

function assertKnown(expression: string, attributes: Attributes): void {
  const code = expression.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""')
  const roots = attributes as unknown as Readonly<Record<string, Readonly<Record<string, unknown>>>>
  for (const [, root = '', field] of code.matchAll(/(?<![.\w])([a-zA-Z_]\w*)(?!\w*\s*\()(?:\.(\w+))?/g)) {
    if (literals.has(root)) continue
    const known = roots[root]
    if (!known || (field !== undefined && !(field in known)))
      throw new QueryNotModelled(`${field === undefined ? root : `${root}.${field}`}, which a Telemetry makes a label of, is not known here`)
  }
  for (const [, name = ''] of code.matchAll(/(\w+)\s*\(/g))
    if (!functions.has(name) && !literals.has(name)) throw new QueryNotModelled(`${name}(), which a Telemetry makes a label with, is not known here`)
}
