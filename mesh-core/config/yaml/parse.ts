import { parseEvents, YAMLException } from 'js-yaml'
import { construct } from './construct.ts'
import { YamlError } from './yaml-error.ts'

/** Nesting past this is refused; no Kubernetes object comes near it. */
const maxDepth = 100

/** Lines of one document that may be pushed to the right, each by so many blanks. */
const maxPushed = 1000
const push = ' '.repeat(64)

/**
 * JSON data of one YAML document, as the API server would get it. Source of the rules: `sigs.k8s.io/yaml` (go-yaml v2).
 * @throws {YamlError}
 */
export function parseDocument(text: string): unknown {
  const pushed: number[] = []
  for (let current = text; ;) {
    const error = attempt(current)
    if ('data' in error) return error.data
    // go-yaml lets a flow collection end in any column, the parser used here does not; blanks before a line of it change no value.
    if (error.problem !== 'deficient indentation' || pushed.length === maxPushed)
      throw new YamlError(error.code, error.problem, withoutPushes(error.offset, pushed))
    const line = current.lastIndexOf('\n', error.offset - 1) + 1
    current = `${current.slice(0, line)}${push}${current.slice(line)}`
    pushed.push(line)
  }
}

interface Failure {
  readonly code: YamlError['code']
  readonly problem: string
  readonly offset: number
}

function attempt(text: string): { readonly data: unknown } | Failure {
  try {
    return { data: construct(text, parseEvents(text, { maxDepth })) }
  } catch (error) {
    if (error instanceof YamlError) return { code: error.code, problem: error.message, offset: error.offset }
    if (error instanceof YAMLException) return { code: 'YAML_SYNTAX', problem: error.reason, offset: error.mark?.position ?? 0 }
    throw error
  }
}

/** The offset in the text as it was written: lines are pushed from the first to the last. */
function withoutPushes(offset: number, pushed: readonly number[]): number {
  return offset - push.length * pushed.filter((line) => line < offset).length
}
