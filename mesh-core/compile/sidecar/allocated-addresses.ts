import type { Service } from '../../registry/registry.ts'

const addressed = new WeakMap<Service, Service>()

/** A service as a proxy knows it that answers for DNS: one without an address has the one that istiod has given it. Source: Istio `model/service.go` getAllAddressesForProxy. */
export function withAllocated(service: Service): Service {
  const { addresses, allocated } = service
  if (addresses.length > 0 || allocated.length === 0) return service
  let known = addressed.get(service)
  if (!known) {
    known = { ...service, address: allocated[0]!, addresses: allocated }
    addressed.set(service, known)
  }
  return known
}
