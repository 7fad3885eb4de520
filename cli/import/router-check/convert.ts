import { NotUnderstood } from '../../../mesh-core/envoy/fields.ts'
import { readRouteConfiguration, type RouteConfiguration } from '../../../mesh-core/envoy/route-configuration.ts'
import type { Route, VirtualHost } from '../../../mesh-core/ir/index.ts'
import { httpRule } from './http-rule.ts'

/** A RouteConfiguration in the words of Istio. */
export interface Converted {
  readonly objects: readonly Readonly<Record<string, unknown>>[]
  /** Why a route of the configuration is not among them. */
  readonly missing: ReadonlyMap<Route, string>
  readonly notes: readonly string[]
  readonly config: RouteConfiguration
}

const gateway = 'imported'

/** A VirtualService for each virtual host, behind one Gateway. @throws NotUnderstood */
export function convertRouteConfiguration(data: unknown, file: string): Converted {
  const config = readRouteConfiguration(data, file, { runtimeKey: null, random: 0, metadata: {} })
  const missing = new Map<Route, string>()
  const notes = config.off.map((place) => `not converted: ${place}: it depends on the runtime or on metadata, and is off without`)
  const virtualServices = config.table.virtualHosts.map((host, i) => virtualService(host, i, config, missing))
  for (const [route, why] of missing) notes.push(`not converted: ${String(route.origin.path[0])}: ${why}`)
  const server = { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }
  const entrance = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name: gateway },
    spec: { selector: { istio: 'ingressgateway' }, servers: [server] },
  }
  return { objects: [entrance, ...virtualServices.filter((one) => one !== null)], missing, notes, config }
}

function virtualService(
  host: VirtualHost,
  index: number,
  config: RouteConfiguration,
  missing: Map<Route, string>,
): Readonly<Record<string, unknown>> | null {
  const { headers, mostSpecificHeadersWin } = config.table
  const around = [host.headers, headers].filter((level) => level !== undefined)
  const rules = host.routes.flatMap((route) => {
    try {
      if (mostSpecificHeadersWin && around.length > 0)
        throw new NotUnderstood('most_specific_header_mutations_wins', "Istio does a rule's own operations last")
      return [httpRule(route, around)]
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error
      missing.set(route, error.message)
      return []
    }
  })
  const requirement = config.tlsRequirement(host)
  const toHttps = requirement === 'NONE' ? [] : [{ match: [{ scheme: { exact: 'http' } }], redirect: { scheme: 'https' } }]
  if (toHttps.length + rules.length === 0) return null
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: `imported-${index + 1}` },
    spec: { hosts: host.domains, gateways: [gateway], http: [...toHttps, ...rules] },
  }
}
