import type { Resource } from '../config/resource.ts'
import type { TrafficDistribution } from './registry.ts'

const annotation = 'networking.istio.io/traffic-distribution'

const wishes: Readonly<Record<string, TrafficDistribution>> = {
  preferclose: 'same-zone',
  prefersamezone: 'same-zone',
  prefersamenode: 'same-node',
}

/** A Service's field, else its annotation, else that of its namespace. Source: Istio `pilot/pkg/model/service.go` GetTrafficDistribution. */
export function trafficDistribution(
  field: string | undefined,
  annotations: Readonly<Record<string, string>>,
  namespace: Resource | undefined,
): TrafficDistribution {
  const asked = field === undefined ? undefined : wishes[field.toLowerCase()]
  if (asked) return asked
  const written = annotations[annotation] || namespace?.object.metadata.annotations?.[annotation]
  return wishes[written?.toLowerCase() ?? ''] ?? 'any'
}
