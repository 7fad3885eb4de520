import { proxyConfigProblem } from '../../config/istio/mesh-settings.ts'
import { isIpSubnet } from '../../config/istio/names.ts'
import { parseDocument } from '../../config/yaml/parse.ts'
import { YamlError } from '../../config/yaml/yaml-error.ts'
import type { Fields } from '../inventory.ts'

type Check = (value: string) => string | null

/** @returns what is wrong with an annotation's value; `null` for nothing. Source: Istio `pkg/kube/inject` AnnotationValidation. */
export function annotationProblem(name: string, value: string): string | null {
  return checks[name]?.(value) ?? null
}

const ports: Check = (value) => {
  const wrong = value.trim() === '' ? undefined : value.split(',').find((port) => !isPort(port))
  return wrong === undefined ? null : `"${wrong}" is no port`
}
const ranges: Check = (value) => {
  const wrong = value === '' ? undefined : value.split(',').find((range) => !range.includes('/') || !isIpSubnet(range))
  return wrong === undefined ? null : `"${wrong}" is no range of addresses such as 10.0.0.0/8`
}
const count: Check = (value) => (/^\d+$/.test(value) && Number(value) < 2 ** 32 ? null : `"${value}" is no whole number`)
const boolean: Check = (value) => (/^(?:1|t|T|true|TRUE|True|0|f|F|false|FALSE|False)$/.test(value) ? null : `"${value}" is neither true nor false`)
const unlessAll =
  (check: Check): Check =>
  (value) =>
    value === '*' ? null : check(value)

/** Source: Kubernetes `apimachinery/pkg/api/resource` ParseQuantity. */
const quantity: Check = (value) =>
  /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/.test(value) ? null : `"${value}" is no quantity such as 100m or 128Mi`

/** A mapping in YAML, laid over `defaultConfig`. */
const proxyConfig: Check = (value) => {
  try {
    const config = parseDocument(value) ?? {}
    return typeof config === 'object' && !Array.isArray(config) ? proxyConfigProblem(config as Fields) : 'is no mapping'
  } catch (error) {
    if (error instanceof YamlError) return error.code === 'YAML_DUPLICATE_KEY' ? null : `is no YAML: ${error.message}`
    throw error
  }
}

const checks: Readonly<Record<string, Check>> = {
  'sidecar.istio.io/interceptionMode': (value) =>
    ['REDIRECT', 'TPROXY', 'NONE'].includes(value) ? null : `"${value}" is not REDIRECT, TPROXY or NONE`,
  'status.sidecar.istio.io/port': (value) => (isPort(value) ? null : `"${value}" is no port`),
  'readiness.status.sidecar.istio.io/initialDelaySeconds': count,
  'readiness.status.sidecar.istio.io/periodSeconds': count,
  'readiness.status.sidecar.istio.io/failureThreshold': count,
  'traffic.sidecar.istio.io/includeOutboundIPRanges': unlessAll(ranges),
  'traffic.sidecar.istio.io/excludeOutboundIPRanges': ranges,
  'traffic.sidecar.istio.io/includeInboundPorts': unlessAll(ports),
  'traffic.sidecar.istio.io/excludeInboundPorts': ports,
  'traffic.sidecar.istio.io/excludeOutboundPorts': ports,
  'prometheus.istio.io/merge-metrics': boolean,
  'sidecar.istio.io/proxyCPU': quantity,
  'sidecar.istio.io/proxyCPULimit': quantity,
  'sidecar.istio.io/proxyMemory': quantity,
  'sidecar.istio.io/proxyMemoryLimit': quantity,
  'proxy.istio.io/config': proxyConfig,
}

function isPort(text: string): boolean {
  return /^\d+$/.test(text.trim()) && Number(text) <= 65535
}
