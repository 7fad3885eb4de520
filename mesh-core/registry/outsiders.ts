import type { Endpoint } from '../ir/cluster.ts'
import type { Origin } from '../ir/origin.ts'
import type { WorkloadInstance } from './registry.ts'

/** Pods always run under an account. */
export function isOutsider({ serviceAccount }: WorkloadInstance): boolean {
  return serviceAccount === ''
}

/** What stands behind an endpoint that is no pod: a machine, or a host of the world outside. It has no proxy that is known here. */
export function outsiderOf({ workload, address, labels, locality, tlsMode }: Endpoint, origin: Origin): WorkloadInstance {
  return {
    ref: workload,
    address,
    labels,
    annotations: {},
    serviceAccount: '',
    app: labels['app'] ?? workload.name,
    version: labels['version'] ?? '',
    ports: [],
    ready: true,
    sidecar: false,
    tlsMode,
    gateway: false,
    env: {},
    image: '',
    mounts: [],
    proxyMounts: [],
    locality,
    node: '',
    origin,
  }
}
