import type { FieldPath } from './finding.ts'
import { groupOf, type Resource } from './resource.ts'
import { hasPodTemplate } from './workload-kinds.ts'
import { parseDocument } from './yaml/parse.ts'
import { YamlError } from './yaml/yaml-error.ts'

type Mapping = Readonly<Record<string, unknown>>
type Annotations = Readonly<Record<string, string>>

/** On a pod: its ProxyConfig as YAML or JSON, laid over `defaultConfig` of MeshConfig. */
export const proxyConfigAnnotation = 'proxy.istio.io/config'

/**
 * Where annotations of an object's pods stand in it; `null` for what has none. Those of a Gateway's pods are in its infrastructure, or else its own.
 * Source: Istio `gatewaycommon/deploymentcontroller.go` extractInfrastructureAnnotations.
 */
export function podAnnotationsPath({ kind, apiVersion, object }: Resource): FieldPath | null {
  const own = ['metadata', 'annotations']
  if (hasPodTemplate({ kind })) return ['spec', 'template', ...own]
  if (kind === 'Gateway' && groupOf(apiVersion) === 'gateway.networking.k8s.io')
    return object['spec']?.infrastructure?.annotations ? ['spec', 'infrastructure', 'annotations'] : own
  return kind === 'Pod' ? own : null
}

export function podAnnotationsOf(resource: Resource): Annotations | undefined {
  return podAnnotationsPath(resource)?.reduce((value: any, field) => value?.[field], resource.object) ?? undefined
}

/** @returns undefined for a pod that has none, or none that can be read */
export function proxyConfigOf(annotations: Annotations | undefined): Mapping | undefined {
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
