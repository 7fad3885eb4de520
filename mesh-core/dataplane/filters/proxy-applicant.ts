import type { HttpSettings } from '../../ir/proxy-config.ts'
import type { Applicant } from './admission.ts'
import type { Asker } from './custom-access.ts'
import { nameOfChain } from '../entrance.ts'
import { type FilteredStream } from './inserted-filters.ts'
import { toldNothing, type ToldByRoute } from './told-by-route.ts'
import type { Passage } from '../passage.ts'
import type { ProxiedRequest } from '../proxied-request.ts'
import { routeLimit } from './route-limit.ts'
import type { RouteRuntime } from '../routing/route-runtime.ts'

/** A request in front of the filters of a gateway, or of a sidecar's outbound side. */
export class ProxyApplicant implements Applicant {
  readonly #proxied: ProxiedRequest
  readonly #passage: Passage
  hasRoute = false
  /** That it is to take. */
  route: RouteRuntime | null = null

  constructor(proxied: ProxiedRequest, passage: Passage) {
    this.#proxied = proxied
    this.#passage = passage
  }

  get settings(): HttpSettings {
    return this.#passage.entrance.settings
  }

  get chain(): string {
    return `${this.#pod} ${nameOfChain(this.#passage.entrance)}`
  }

  get ofRoute(): ToldByRoute {
    const { proxy, entrance, virtualHost } = this.#passage
    const table = proxy.config.routeTables[entrance.table]
    const host = virtualHost?.config
    const route = this.route?.config
    if (!table || !host || !route) return toldNothing
    const levels = [route.filters, host.filters, table.filters].filter((level) => level !== undefined)
    return { limit: routeLimit(this.#pod, table, host, route), fault: route.fault, levels }
  }

  get stream(): FilteredStream {
    return this.#proxied
  }

  get asker(): Asker {
    const { plane, place, proxy, request, entrance, downstream } = this.#proxied
    const { peer, serverName, target } = entrance
    const { ref, address } = proxy.place
    const subject = {
      ...{ request, peer, serverName },
      destination: { address: target.address ?? address, port: target.port },
      connectionAddress: downstream.connectionAddress,
      clientAddress: downstream.remoteAddress,
    }
    return { plane, place, proxy, ref, address, subject, filling: () => this.#proxied.subject(null, 0) }
  }

  get #pod(): string {
    const { namespace, instance } = this.#passage.proxy.place.ref
    return `${namespace}/${instance}`
  }
}
