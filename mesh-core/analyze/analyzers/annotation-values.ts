import { isIpSubnet } from '../../config/istio/names.ts'

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
}

function isPort(text: string): boolean {
  return /^\d+$/.test(text.trim()) && Number(text) <= 65535
}
