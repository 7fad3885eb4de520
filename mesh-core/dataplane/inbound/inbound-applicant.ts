import type { InboundPort } from '../../ir/inbound-port.ts'
import type { HttpSettings } from '../../ir/proxy-config.ts'
import type { Applicant } from '../filters/admission.ts'
import type { Asker } from '../filters/custom-access.ts'
import type { FilteredStream } from '../filters/inserted-filters.ts'
import type { ToldByRoute } from '../filters/told-by-route.ts'
import type { WorkloadRuntime } from '../plane.ts'
import type { Shipment } from '../shipment.ts'

const none: HttpSettings = {}

/** A request in front of the filters of a workload's own sidecar. Each of its ports has one route. */
export class InboundApplicant implements Applicant {
  readonly #workload: WorkloadRuntime
  readonly #shipment: Shipment
  readonly #port: InboundPort
  readonly #asker: () => Asker
  readonly stream: FilteredStream
  readonly hasRoute = true

  constructor(workload: WorkloadRuntime, shipment: Shipment, port: InboundPort, stream: FilteredStream, asker: () => Asker) {
    this.#workload = workload
    this.#shipment = shipment
    this.#port = port
    this.stream = stream
    this.#asker = asker
  }

  get settings(): HttpSettings {
    return this.#port.settings ?? none
  }

  /** Mutual TLS has a filter chain of its own. */
  get chain(): string {
    const { namespace, instance } = this.#workload.instance.ref
    return `${namespace}/${instance} inbound ${this.#shipment.port} ${this.#shipment.tls[0]?.identity === undefined ? 'plain' : 'mutual'}`
  }

  get ofRoute(): ToldByRoute {
    const { rateLimit, fault = null, filters = [], cluster } = this.#port
    const limit = rateLimit ? { owner: `${this.#workload.name} ${cluster}`, limit: rateLimit } : null
    return { limit, fault, levels: filters }
  }

  get asker(): Asker {
    return this.#asker()
  }
}
