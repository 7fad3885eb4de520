/** Gives out addresses of a range in order, and the same one again to the same key: a pod keeps its address while others come and go. */
export class AddressBook<Address = string> {
  readonly #given = new Map<string, Address>()
  readonly #addressOf: (index: number) => Address
  #next = 0

  constructor(addressOf: (index: number) => Address) {
    this.#addressOf = addressOf
  }

  of(key: string): Address {
    const known = this.#given.get(key)
    if (known !== undefined) return known
    const address = this.#addressOf(this.#next++)
    this.#given.set(key, address)
    return address
  }
}

/** 10.244.0.2, 10.244.0.3 … 10.244.1.0 … */
export const podAddress = (index: number): string => inRange(10, 244, index + 2)
/** 10.96.128.1 …, above what people write into their manifests. */
export const serviceAddress = (index: number): string => inRange(10, 96, 128 * 256 + index + 1)
/** 240.240.0.1 …, which istiod gives to hosts that have none. Source: Istio `pilot/pkg/controllers/ipallocate`. */
export const allocatedAddress = (index: number): string => inRange(240, 240, index + 1)
/** 198.18.0.1 …, hosts that the mesh does not know: a range (RFC 2544) that nobody writes into a manifest, as people do with those for documentation. */
export const outsideAddress = (index: number): string => inRange(198, 18, index + 1)

function inRange(first: number, second: number, index: number): string {
  return `${first}.${second + Math.floor(index / 65536)}.${Math.floor(index / 256) % 256}.${index % 256}`
}
