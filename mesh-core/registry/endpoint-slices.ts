import type { Resource } from '../config/resource.ts'
import type { Endpoint } from '../ir/cluster.ts'
import type { Origin } from '../ir/origin.ts'
import { entryEndpoint, podEndpoint } from './endpoints.ts'
import { outsiderOf } from './outsiders.ts'
import type { ServicePort, WorkloadInstance } from './registry.ts'

/** The addresses of a service's port that somebody has written down. */
interface Written {
  /** `namespace/service` */
  readonly key: string
  readonly ports: readonly { readonly name: string; readonly port: number }[]
  readonly addresses: readonly { readonly address: string; readonly zone: string; readonly ready: boolean; readonly hostname: string }[]
  readonly origin: Origin
}

/** Endpoints that are not made of a selector: EndpointSlices, and Endpoints, which Kubernetes mirrors into slices. */
export class WrittenEndpoints {
  readonly #byService = new Map<string, Written[]>()
  readonly #workloadAt: (address: string) => WorkloadInstance | undefined

  constructor(resources: readonly Resource[], workloadAt: (address: string) => WorkloadInstance | undefined) {
    this.#workloadAt = workloadAt
    for (const written of resources.flatMap((resource) => (resource.kind === 'EndpointSlice' ? sliceOf(resource) : mirrored(resource))))
      this.#byService.set(written.key, [...(this.#byService.get(written.key) ?? []), written])
  }

  outsiders(): WorkloadInstance[] {
    return [...this.#byService].flatMap(([key, all]) =>
      all.flatMap(({ addresses, origin }) =>
        addresses
          .filter(({ address }) => !this.#workloadAt(address))
          .map(({ address }) => outsiderOf(entryEndpoint({}, key.slice(0, key.indexOf('/')), address, 0), origin)),
      ),
    )
  }

  endpoints(namespace: string, service: string, port: ServicePort): Endpoint[] {
    return (this.#byService.get(`${namespace}/${service}`) ?? []).flatMap(({ ports, addresses }) => {
      const own = ports.find(({ name }) => name === port.name)
      if (!own) return []
      return addresses.map(({ address, zone, ready, hostname }) => {
        const pod = this.#workloadAt(address)
        const said = { healthy: ready, ...(hostname !== '' && { hostname }) }
        if (pod) return { ...podEndpoint(pod, own.port), ...said }
        return { ...entryEndpoint({}, namespace, address, own.port), locality: zone && `/${zone}`, ...said }
      })
    })
  }
}

/** Kubernetes' own kinds, whose fields are looked at with care. */
type Data = any

/** What says nothing of its readiness is ready. Source: Istio `serviceregistry/kube/controller/endpointslice.go` endpointHealthStatus. */
function sliceOf({ namespace, object, origin }: Resource): Written[] {
  const service = object.metadata.labels?.['kubernetes.io/service-name']
  if (!service) return []
  const slice: Data = object
  const addresses = (slice.endpoints ?? []).flatMap((endpoint: Data) =>
    (endpoint.addresses ?? []).slice(0, 1).map((address: string) => ({
      ...{ address, zone: endpoint.zone ?? '', hostname: endpoint.hostname ?? '' },
      ready: endpoint.conditions?.ready !== false,
    })),
  )
  return [{ key: `${namespace}/${service}`, ports: portsOf(slice.ports), addresses, origin }]
}

/** Source: Kubernetes `pkg/controller/endpointslicemirroring`. */
function mirrored({ namespace, name, object, origin }: Resource): Written[] {
  const subsets: Data[] = (object as Data).subsets ?? []
  return subsets.map((subset) => ({
    key: `${namespace}/${name}`,
    ports: portsOf(subset.ports),
    addresses: (subset.addresses ?? []).map(({ ip, hostname = '' }: { ip: string; hostname?: string }) => ({
      address: ip,
      zone: '',
      ready: true,
      hostname,
    })),
    origin,
  }))
}

/** One without a number has 0, as istiod has it. Source: the same file, updateEndpointCacheForSlice. */
function portsOf(ports: Data): Written['ports'] {
  return (ports ?? []).map((port: Data) => ({ name: port.name ?? '', port: port.port ?? 0 }))
}
