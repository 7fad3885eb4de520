import { message, messages, type Message } from '../../envoy/fields.ts'
import { readHeaderMatch } from '../../envoy/matchers.ts'
import type { HealthFilter } from '../../ir/inserted-filter.ts'
import type { Origin } from '../../ir/origin.ts'
import type { WorkloadInstance } from '../../registry/registry.ts'
import type { ReadFilter } from './read-filter.ts'

/** As which the proxy of a workload knows itself. Source: Istio `pkg/bootstrap/config.go` serviceClusterOrDefault. */
export function nodeCluster({ labels, ref }: Pick<WorkloadInstance, 'labels' | 'ref'>): string {
  return `${labels['app'] ?? ref.name}.${ref.namespace}`
}

/** Source: Envoy `extensions/filters/http/health_check/config.cc`, and the constraints of `HealthCheck`. */
export function readHealthCheck(config: Message, cluster: string, origin: Origin): ReadFilter {
  const mode = config['pass_through_mode']
  const filter: Omit<HealthFilter, 'place' | 'name'> = {
    kind: 'health',
    headers: messages(config['headers'], 'headers').map((header, i) => readHeaderMatch(header, `headers[${i}]`, origin)),
    cluster,
    passesThrough: mode === true || (mode !== false && mode !== undefined && message(mode, 'pass_through_mode')['value'] === true),
  }
  return { filter, problem: mode === undefined ? 'a filter for checks of health needs pass_through_mode' : null }
}
