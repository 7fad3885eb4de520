import type { Endpoint } from '../../ir/cluster.ts'
import type { Registry, Service, WorkloadInstance } from '../../registry/registry.ts'
import { isIpAddress } from '../../registry/dns.ts'
import { tableNameOf } from '../../registry/pod-names.ts'
import type { MeshConfig } from '../mesh/mesh-config.ts'
import { proxyDefaultsOf } from '../mesh/proxy-settings.ts'
import type { SidecarScope } from './sidecar-scope.ts'

/** Does the pod's agent answer for DNS? Source: Istio `pkg/model/proxy.go` NodeMetadata.DNSCapture, `pilot/cmd/pilot-agent`. */
export function capturesDns(workload: WorkloadInstance, mesh: MeshConfig): boolean {
  return workload.sidecar && proxyDefaultsOf(workload, mesh).proxyMetadata?.['ISTIO_META_DNS_CAPTURE'] === 'true'
}

/**
 * The hosts that an agent answers for itself, with all of their addresses; what is not among them is asked of the cluster's own server. A service of Kubernetes
 * goes before entries of its name, whose addresses add up. Source: Istio `pkg/dns/server/name_table.go` BuildNameTable.
 */
export function nameTable({ egress }: SidecarScope, registry: Registry): Readonly<Record<string, readonly string[]>> {
  const table = new Map<string, { readonly provider: Service['provider']; readonly addresses: readonly string[] }>()
  const services = new Set(egress.flatMap((listener) => listener.services))
  for (const service of services) {
    for (const [host, addresses] of podsOf(service, registry)) table.set(host, { provider: service.provider, addresses })
    const addresses = addressesOf(service, registry)
    if (addresses.length === 0) continue
    const host = service.host.toLowerCase()
    const { provider } = service
    const known = table.get(host)
    if (!known || (known.provider !== 'Kubernetes' && provider === 'Kubernetes')) table.set(host, { provider, addresses })
    else if (known.provider !== 'Kubernetes') table.set(host, { provider, addresses: [...new Set([...known.addresses, ...addresses])] })
  }
  return Object.fromEntries([...table].map(([host, { addresses }]) => [host, addresses]))
}

/** Ranges are none that a client could dial. Of a headless service its pods are told. */
function addressesOf(service: Service, registry: Registry): readonly string[] {
  const { headless, addresses } = service
  if (!headless) return addresses.filter((address) => isIpAddress(address) && !address.includes('/'))
  return inTable(service, registry).map(({ address }) => address)
}

/** Of a headless service each pod that has a name of its own. */
function podsOf(service: Service, registry: Registry): ReadonlyMap<string, readonly string[]> {
  const pods = new Map<string, readonly string[]>()
  if (!service.headless) return pods
  for (const { workload, address } of inTable(service, registry)) {
    const pod = registry.workload(workload)
    const name = pod ? tableNameOf(service, pod) : null
    if (name !== null) pods.set(name, [...(pods.get(name) ?? []), address])
  }
  return pods
}

function inTable(service: Service, registry: Registry): readonly Endpoint[] {
  const [port] = service.ports
  return port ? registry.endpoints(service, port.number).filter(({ healthy, address }) => healthy && isIpAddress(address)) : []
}
