import { parseEvents, YAMLException } from 'js-yaml'
import { construct } from './construct.ts'
import { YamlError } from './yaml-error.ts'

/** Nesting past this is refused; no Kubernetes object comes near it. */
const maxDepth = 100

/**
 * JSON data of one YAML document, as the API server would get it. Source of the rules: `sigs.k8s.io/yaml` (go-yaml v2).
 * @throws {YamlError}
 */
export function parseDocument(text: string): unknown {
  try {
    return construct(text, parseEvents(text, { maxDepth }))
  } catch (error) {
    if (error instanceof YAMLException) throw new YamlError('YAML_SYNTAX', inWords(error.reason), error.mark?.position ?? 0)
    throw error
  }
}

function inWords(reason: string): string {
  return reason.replace(/^exception: /, '')
}
