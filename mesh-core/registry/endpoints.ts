import type { Endpoint } from '../ir/cluster.ts'
import type { ServicePort, WorkloadInstance } from './registry.ts'
import { localityOf, networkLabel, topologyLabels } from './topology.ts'

/** Says of an endpoint whether it takes mutual TLS. Source: Istio `pkg/model/mesh.go`, `api/label`. */
export const tlsModeLabel = 'security.istio.io/tlsMode'

/** A pod as an endpoint. */
export function podEndpoint(workload: WorkloadInstance, port: number): Endpoint {
  return {
    address: workload.address,
    port,
    workload: workload.ref,
    labels: topologyLabels(workload.labels, workload.locality, workload.node),
    locality: workload.locality,
    weight: 1,
    healthy: workload.ready,
    tlsMode: workload.tlsMode,
  }
}

/** A named target port is looked up among the pod's own ports; a pod without it is no endpoint. */
export function targetPort(port: ServicePort, workload: WorkloadInstance): number | undefined {
  return typeof port.targetPort === 'number' ? port.targetPort : workload.ports.find((own) => own.name === port.targetPort)?.number
}

/** A WorkloadEntry's spec, or an entry of a ServiceEntry's `endpoints`. */
export interface EntrySpec {
  readonly address?: string
  readonly ports?: Readonly<Record<string, number>>
  readonly labels?: Readonly<Record<string, string>>
  /** Of the WorkloadEntry itself. */
  readonly resourceLabels?: Readonly<Record<string, string>>
  readonly locality?: string
  readonly weight?: number
  readonly network?: string
  readonly serviceAccount?: string
}

/** What it is selected by. */
export function labelsOf({ labels, resourceLabels }: EntrySpec): Readonly<Record<string, string>> {
  return { ...labels, ...resourceLabels }
}

const socketScheme = 'unix://'

/** The path of a Unix socket: `unix:///var/run/app.sock`; `null` for any other address. */
export function socketPath(address: string): string | null {
  return address.startsWith(socketScheme) ? address.slice(socketScheme.length) : null
}

/** The workload behind it is called by the labels `app` and `version` of its spec, else by its address. A Unix socket has no port. */
export function entryEndpoint(spec: EntrySpec, namespace: string, host: string, hostPort: number): Endpoint {
  const path = socketPath(host)
  const [address, port] = path === null ? [host, hostPort] : [path, 0]
  const locality = spec.locality || localityOf(labelsOf(spec))
  const labels = { ...topologyLabels(labelsOf(spec), locality), ...(spec.network && { [networkLabel]: spec.network }) }
  const { app, version } = spec.labels ?? {}
  const name = app ? [app, version].filter(Boolean).join('-') : address
  return {
    address,
    port,
    // Of one machine each may be another.
    workload: { namespace, name, instance: name === address ? address : `${name}@${address}` },
    labels,
    locality,
    weight: spec.weight || 1,
    healthy: true,
    tlsMode: tlsModeOf(spec),
    ...(spec.serviceAccount && { serviceAccount: spec.serviceAccount }),
  }
}

/** Source: Istio `serviceregistry/serviceentry/conversion.go` getTLSModeFromWorkloadEntry. */
function tlsModeOf(spec: EntrySpec): Endpoint['tlsMode'] {
  const label = labelsOf(spec)[tlsModeLabel]
  if (label !== undefined) return label === 'istio' ? 'istio' : 'disabled'
  return spec.serviceAccount ? 'istio' : 'disabled'
}
