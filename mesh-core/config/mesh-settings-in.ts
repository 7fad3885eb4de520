import { parseDocument } from './yaml/parse.ts'
import { YamlError } from './yaml/yaml-error.ts'

type Mapping = Readonly<Record<string, unknown>>

/** Settings of a mesh that are written inside another object. */
export interface InnerSettings {
  readonly kind: 'MeshConfig' | 'MeshNetworks'
  readonly path: readonly string[]
  readonly fields: unknown
}

/** Where Istio's settings are kept in a cluster: ConfigMap `istio` of the root namespace, and what `istioctl install` is given. */
export function meshSettingsIn(object: Mapping): InnerSettings[] {
  if (object.kind === 'ConfigMap' && object.apiVersion === 'v1') return inConfigMap(object)
  const meshConfig = mapping(object.spec)?.meshConfig
  const isOperator = object.kind === 'IstioOperator' && String(object.apiVersion).startsWith('install.istio.io/')
  return isOperator && meshConfig !== undefined ? [{ kind: 'MeshConfig', path: ['spec', 'meshConfig'], fields: meshConfig }] : []
}

function inConfigMap({ metadata, data }: Mapping): InnerSettings[] {
  const { name, namespace } = mapping(metadata) ?? {}
  if (name !== 'istio' || namespace !== 'istio-system') return []
  const texts = mapping(data) ?? {}
  return [['MeshConfig', 'mesh'] as const, ['MeshNetworks', 'meshNetworks'] as const].flatMap(([kind, key]) =>
    typeof texts[key] === 'string' ? [{ kind, path: ['data', key], fields: parsed(texts[key]) }] : [],
  )
}

/** A text that cannot be read is no mapping, and is refused as such. */
function parsed(text: string): unknown {
  try {
    return parseDocument(text) ?? {}
  } catch (error) {
    if (error instanceof YamlError) return text
    throw error
  }
}

function mapping(value: unknown): Mapping | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : undefined
}
