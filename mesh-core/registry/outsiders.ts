import type { Endpoint } from '../ir/cluster.ts'
import type { Origin } from '../ir/origin.ts'
import type { ApplicationTls } from '../ir/tls.ts'
import type { Registry, WorkloadInstance } from './registry.ts'

/** Pods always run under an account. */
export function isOutsider({ serviceAccount }: WorkloadInstance): boolean {
  return serviceAccount === ''
}

/**
 * Does somebody at the endpoint end mutual TLS that a sender has inferred? Of a machine nothing is known but what an entry says of it: nobody does there, unless
 * its application is said to.
 */
export function endsInferredTls(
  { workload, port }: Endpoint,
  registry: Pick<Registry, 'workload'>,
  applicationTls: (workload: WorkloadInstance, port: number) => ApplicationTls,
): boolean {
  const who = registry.workload(workload)
  return who !== undefined && (!isOutsider(who) || applicationTls(who, port).certificate === 'any')
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
