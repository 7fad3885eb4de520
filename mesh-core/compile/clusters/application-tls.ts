import type { ApplicationTls } from '../../ir/tls.ts'
import type { Protocol, Registry, Service, ServicePort, WorkloadInstance } from '../../registry/registry.ts'
import { isOutsider } from '../../registry/outsiders.ts'
import type { Secrets } from '../gateway/secrets.ts'

/**
 * What an application expects of connections to its ports, told by what is known of it: services say which of its ports speak TLS; a pod that mounts a Secret
 * with a certificate shows that one, and where an authority stands beside it asks clients for one of theirs.
 */
export class ApplicationsTls {
  readonly #registry: Registry
  readonly #secrets: Secrets
  readonly #known = new Map<string, ApplicationTls>()

  constructor(registry: Registry, secrets: Secrets) {
    this.#registry = registry
    this.#secrets = secrets
  }

  /** @param workload `null`: a server outside */
  of(workload: WorkloadInstance | null, port: number): ApplicationTls {
    const key = `${workload ? `${workload.ref.namespace}/${workload.ref.instance}` : ''} ${port}`
    const known = this.#known.get(key)
    if (known) return known
    const found = this.#find(workload, port)
    this.#known.set(key, found)
    return found
  }

  #find(workload: WorkloadInstance | null, port: number): ApplicationTls {
    if (!workload || (isOutsider(workload) && wellKnown.has(port))) return outside(port)
    const mounted = this.#secrets.mountedPair({ mounts: workload.mounts, namespace: workload.ref.namespace })
    const accepts = acceptedBy(protocolsOf(workload, port, this.#registry))
    return { accepts, certificate: mounted?.pair ?? 'public', clientAuthorities: mounted?.authorities ?? null }
  }
}

/** Servers of the world keep to the well-known ports of HTTP, whatever a ServiceEntry calls them. */
const wellKnown: ReadonlyMap<number, ApplicationTls['accepts']> = new Map([
  [80, 'plain'],
  [443, 'tls'],
])

function outside(port: number): ApplicationTls {
  return { accepts: wellKnown.get(port) ?? 'either', certificate: 'public', clientAuthorities: null }
}

function acceptedBy(protocols: ReadonlySet<Protocol>): ApplicationTls['accepts'] {
  if (protocols.has('https') || protocols.has('tls')) return 'tls'
  return ['http', 'http2', 'grpc'].some((protocol) => protocols.has(protocol as Protocol)) ? 'plain' : 'either'
}

/** Of the ports of services that lead there. */
function protocolsOf({ address }: WorkloadInstance, port: number, registry: Registry): ReadonlySet<Protocol> {
  const leadsThere = (service: Service, { number }: ServicePort): boolean =>
    registry.endpoints(service, number).some((endpoint) => endpoint.port === port && endpoint.address === address)
  const ports = registry.services.flatMap((service) => service.ports.filter((own) => leadsThere(service, own)))
  return new Set(ports.map(({ protocol }) => protocol))
}
