import type { Service, ServicePort } from '../../registry/registry.ts'

/**
 * One service for each host: the first, unless a later one is Kubernetes' own; what comes of one ServiceEntry's namespace and resolution adds its ports.
 * Source: Istio `pilot/pkg/model/sidecar.go` appendSidecarServices.
 */
export class MergedServices {
  readonly #byHost = new Map<string, Service>()

  get all(): Service[] {
    return [...this.#byHost.values()]
  }

  add(service: Service): void {
    const known = this.#byHost.get(service.host)
    if (!known) return void this.#byHost.set(service.host, service)
    if (known === service) return
    if (known.provider !== 'Kubernetes' && service.provider === 'Kubernetes') return void this.#byHost.set(service.host, service)
    if (!mayMerge(known, service)) return
    const ports = service.ports.filter((port) => !known.ports.some((own) => own.number === port.number))
    if (ports.length > 0) this.#byHost.set(service.host, { ...known, ports: [...known.ports, ...ports.map((port) => portOfAnother(known, port))] })
  }
}

/** Where connections keep their destination, other ports of it are those of the first service alone (`PassthroughTargetPorts`). */
function portOfAnother({ resolution }: Service, port: ServicePort): ServicePort {
  const { ownTarget: _, ...plain } = port
  return resolution === 'none' ? plain : port
}

/** Source: the same file, canMergeServices. */
function mayMerge(a: Service, b: Service): boolean {
  const attributes = ({ namespace, resolution, provider, labels, selector, exportTo }: Service): string =>
    JSON.stringify([namespace, resolution, provider, Object.entries(labels).sort(), Object.entries(selector ?? {}).sort(), [...exportTo].sort()])
  return attributes(a) === attributes(b)
}
