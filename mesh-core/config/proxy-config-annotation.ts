import { parseDocument } from './yaml/parse.ts'
import { YamlError } from './yaml/yaml-error.ts'

type Mapping = Readonly<Record<string, unknown>>

/** On a pod: its ProxyConfig as YAML or JSON, laid over `defaultConfig` of MeshConfig. */
export const proxyConfigAnnotation = 'proxy.istio.io/config'

/** @returns undefined for a pod that has none, or none that can be read */
export function proxyConfigOf(annotations: Readonly<Record<string, string>> | undefined): Mapping | undefined {
  const text = annotations?.[proxyConfigAnnotation]
  if (typeof text !== 'string') return undefined
  try {
    const parsed = parseDocument(text)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Mapping) : undefined
  } catch (error) {
    if (error instanceof YamlError) return undefined
    throw error
  }
}
