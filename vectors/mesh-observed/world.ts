import type { Resource } from '../../mesh-core/config/resource.ts'
import { isIpAddress } from '../../mesh-core/registry/dns.ts'
import type { ObservedCase } from './case.ts'

/** Who stands behind a host outside the cluster: a workload's name and namespace. */
export interface Outsider {
  readonly workload: string
  readonly namespace: string
}

export const outside: Outsider = { workload: 'passthrough', namespace: 'outside' }

/** Hosts that a ServiceEntry or an ExternalName service leads to: the workload behind them is called as the host. */
export function outsiders(config: readonly Resource[]): ReadonlyMap<string, Outsider> {
  const found = new Map<string, Outsider>()
  for (const { kind, namespace, object } of config) {
    if (kind === 'ServiceEntry') {
      for (const endpoint of object.spec?.endpoints ?? []) addEndpoint(found, endpoint, namespace)
      if (byName(object.spec ?? {}) && !object.spec.endpoints?.length)
        for (const host of object.spec.hosts ?? []) if (!host.startsWith('*')) found.set(host, { workload: host, namespace })
    } else if (kind === 'WorkloadEntry') addEndpoint(found, object.spec ?? {}, namespace)
    else if (kind === 'Service' && object.spec?.externalName) found.set(object.spec.externalName, { workload: object.spec.externalName, namespace })
  }
  return found
}

function byName(spec: { resolution?: string }): boolean {
  return /^(DNS|DYNAMIC)/.test(spec.resolution ?? 'NONE')
}

function addEndpoint(found: Map<string, Outsider>, endpoint: { address?: string; labels?: Record<string, string> } | null, namespace: string): void {
  if (!endpoint?.address) return
  const name = [endpoint.labels?.app, endpoint.labels?.version].filter(Boolean).join('-')
  // Who first had a name of DNS kept it.
  if (!found.has(endpoint.address) || isIpAddress(endpoint.address)) found.set(endpoint.address, { workload: name || endpoint.address, namespace })
}

const kindsOfWorkloads = ['Deployment', 'StatefulSet', 'DaemonSet']
const policies = ['AuthorizationPolicy', 'RequestAuthentication', 'PeerAuthentication']

/**
 * Workloads (`b-v1.default`) whose own sidecar runs: those that the case names, else those that a security policy or a Sidecar with ingress selects.
 * @param before the world of the case
 */
export function sidecarsOf({ inbound }: ObservedCase, config: readonly Resource[], before: readonly Resource[]): ReadonlySet<string> {
  return inbound ? new Set(inbound) : inboundSidecars(config, [...before, ...config])
}

function inboundSidecars(config: readonly Resource[], everything: readonly Resource[]): ReadonlySet<string> {
  const chosen = new Set<string>()
  for (const { kind, namespace, object } of config) {
    const selector = selectorOf(kind, object.spec ?? {})
    if (!selector) continue
    for (const workload of everything.filter((one) => kindsOfWorkloads.includes(one.kind))) {
      const labels = workload.object.spec.template.metadata?.labels ?? {}
      if (/^(in|e)gressgateway$/.test(labels.istio ?? '') || workload.object.spec.replicas === 0) continue
      const near = namespace === 'istio-system' || namespace === workload.namespace
      if (near && Object.entries(selector).every(([key, value]) => labels[key] === value)) chosen.add(`${workload.name}.${workload.namespace}`)
    }
  }
  return chosen
}

interface Selecting {
  targetRef?: unknown
  targetRefs?: readonly unknown[]
  ingress?: readonly unknown[]
  selector?: { matchLabels?: Record<string, string> }
  workloadSelector?: { labels?: Record<string, string> }
}

function selectorOf(kind: string, spec: Selecting): Record<string, string> | null {
  if (policies.includes(kind)) return spec.targetRef || spec.targetRefs?.length ? null : (spec.selector?.matchLabels ?? {})
  if (kind === 'Sidecar' && spec.ingress?.length) return spec.workloadSelector?.labels ?? {}
  return null
}
