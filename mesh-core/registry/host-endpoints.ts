import { portNumbered } from './protocol.ts'
import type { Endpoint } from '../ir/cluster.ts'
import type { Service, ServicePort, ServiceSource } from './registry.ts'

/** One may be a copy of the other that has aliases. */
function isSame(a: Service, b: Service): boolean {
  return a.provider === b.provider && a.name === b.name
}

interface Known {
  readonly source: ServiceSource
  readonly service: Service
}

/**
 * Endpoints of each host of a namespace. Several sources, and several ServiceEntries, may know of some: they add up.
 * Source: Istio `serviceregistry/serviceentry/conversion.go` mergeServicesInstancesByNamespaceHost, `pilot/pkg/model/endpointshards.go` Keys.
 */
export class HostEndpoints {
  readonly #known = new Map<string, Known[]>()
  readonly #found = new Map<string, readonly Endpoint[]>()

  constructor(sources: readonly ServiceSource[]) {
    for (const source of sources)
      for (const service of source.services) {
        const known = this.#known.get(keyOf(service))
        if (known) known.push({ source, service })
        else this.#known.set(keyOf(service), [{ source, service }])
      }
    for (const known of this.#known.values()) if (known.length > 1) known.sort(inOrder)
  }

  /** @param number a port of the service; none of its own has no endpoints */
  of(service: Service, number: number): readonly Endpoint[] {
    const port = portNumbered(service.ports, number)
    if (!port) return []
    const byNumber = isResolved(service)
    const key = `${keyOf(service)}|${byNumber ? port.number : port.name}|${byNumber}`
    const known = this.#found.get(key)
    if (known) return known
    const isMeant = byNumber ? isOfNumber(number) : (own: ServicePort) => own.name === port.name
    const found = this.#find(service, isMeant)
    this.#found.set(key, found)
    return found
  }

  /** Without what others know of its host. */
  own(service: Service, number: number): readonly Endpoint[] {
    const port = portNumbered(service.ports, number)
    const known = this.#known.get(keyOf(service))?.find((one) => isSame(one.service, service))
    return port && known ? known.source.endpoints(service, port) : []
  }

  #find(wanted: Service, isMeant: (port: ServicePort) => boolean): readonly Endpoint[] {
    const known = this.#known.get(keyOf(wanted)) ?? []
    if (known.length > 1 && known.some(({ service }) => service.resolution === 'dns-round-robin')) return findApart(known, isMeant)
    return known.flatMap(({ source, service }) => service.ports.filter(isMeant).flatMap((port) => source.endpoints(service, port)))
  }
}

/** An entry of DNS_ROUND_ROBIN adds nothing to a port that older ones have endpoints of. */
function findApart(known: readonly Known[], isMeant: (port: ServicePort) => boolean): readonly Endpoint[] {
  const taken = new Set<number>()
  return known.flatMap(({ source, service }) => {
    const free = service.resolution === 'dns-round-robin' ? service.ports.filter(({ number }) => !taken.has(number)) : service.ports
    return free.flatMap((port) => {
      const endpoints = source.endpoints(service, port)
      if (endpoints.length > 0) taken.add(port.number)
      return isMeant(port) ? endpoints : []
    })
  })
}

/** What a cluster is made with is looked up by the number of the port; what it learns of later (EDS) by the port's name, wherever the host was read. */
function isResolved({ resolution }: Service): boolean {
  return resolution === 'dns' || resolution === 'dns-round-robin'
}

function isOfNumber(number: number): (port: ServicePort) => boolean {
  return (port) => port.number === number
}

function keyOf({ namespace, host }: Service): string {
  return `${namespace}/${host}`
}

/** ServiceEntries go before Services, older ones before younger ones. */
function inOrder(a: Known, b: Known): number {
  if (a.service.provider !== b.service.provider) return a.service.provider < b.service.provider ? -1 : 1
  return a.service.createdMs - b.service.createdMs || (a.service.origin.resource < b.service.origin.resource ? -1 : 1)
}
