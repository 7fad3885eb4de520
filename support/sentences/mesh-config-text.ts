import { ConfigRejected } from '../../mesh-core/config/errors.ts'
import { validateResource } from '../../mesh-core/config/load.ts'
import type { Resource } from '../../mesh-core/config/resource.ts'
import { StatementFailed } from '../verdicts/failure.ts'

const head = ['apiVersion: mesh.istio.io/v1alpha1', 'kind: MeshConfig', 'metadata: {name: mesh}']

/** A sentence gives MeshConfig's own fields; this is an object of them. Columns stay as they are. */
export interface MeshConfigText {
  readonly text: string
  /** Lines in front of the sentence's own. */
  readonly lines: number
}

/** @throws StatementFailed for what is no mapping of the fields alone */
export function meshConfigText(text: string): MeshConfigText {
  const first = text.split('\n').find((line) => /^\s*[^\s#]/.test(line)) ?? ''
  if (/^\s*(-(\s|$)|\[)/.test(first)) throw new StatementFailed(`a mesh config is no list. ${instead}`)
  const wrapper = /^(apiVersion|kind|metadata|mesh|meshConfig)\s*:/m.exec(text)?.[1]
  if (wrapper !== undefined) throw new StatementFailed(`"${wrapper}" is no field of MeshConfig. ${instead}`)
  if (!/^\s*\{/.test(first)) return { text: [...head, text].join('\n'), lines: head.length }
  return { text: `{${head.join(', ')},\n${text.replace('{', ' ')}`, lines: 1 }
}

const instead = 'Write its fields alone, such as "outboundTrafficPolicy: {mode: REGISTRY_ONLY}"'

/** istiod passes over what it does not know; a scenario means something by it. @throws ConfigRejected */
export function assertKnownFields(resources: readonly Resource[]): void {
  const unknown = resources.flatMap((resource) => validateResource(resource).warnings.filter(({ code }) => code === 'UNKNOWN_FIELD'))
  if (unknown.length > 0) throw new ConfigRejected(unknown)
}
