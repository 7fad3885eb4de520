import type { Departs } from '../departures.ts'
import type { L4Match, L4Rule } from '../rules/l4-rule.ts'
import { intersection, meshGateway, overlaps } from '../names.ts'
import type { VirtualService } from '../rules/virtual-service.ts'
import type { AttachedRoute } from './attached-route.ts'
import type { ConnectionRoute } from './connection-route.ts'
import { bindingName } from './listener-binding.ts'
import type { Attachment } from './parents.ts'

const anything: L4Match = { port: 0, sourceLabels: {}, sourceNamespace: '', gateways: [], destinationSubnets: [], sniHosts: [] }

/**
 * TCPRoutes and TLSRoutes as VirtualServices, one for each host at each parent. Of several at one listener the oldest acts, since nothing tells their
 * connections apart. Source: Istio `pilot/pkg/config/kube/gateway/route_collections.go` TCPRouteCollection, TLSRouteCollection.
 * @param routes in order of age
 */
export function connectionVirtualServices(routes: readonly AttachedRoute<ConnectionRoute>[], departs: Departs): VirtualService[] {
  return routes.flatMap((route) =>
    route.attachments.flatMap((attachment) => (attachment.denied ? [] : virtualServicesAt(route, attachment, departs))),
  )
}

function virtualServicesAt(route: AttachedRoute<ConnectionRoute>, attachment: Attachment, departs: Departs): VirtualService[] {
  const { kind, name, namespace, origin, object } = route.resource
  const mesh = attachment.kind === 'mesh'
  const { rules } = mesh ? route.inMesh : route.atGateways
  if (rules.length === 0 || kind === 'UDPRoute') return []
  // A listener that ends TLS has looked at the name before: what is left is a plain connection.
  const ended = attachment.kind === 'listener' && !['PASSTHROUGH', undefined].includes(attachment.binding.compiled.servers[0]?.tls?.mode)
  const bySni = kind === 'TLSRoute' && !ended
  const hostnames = kind === 'TLSRoute' ? atListener(object['spec']?.hostnames ?? ['*'], attachment) : ['*']
  const hosts = mesh ? attachment.hosts : hostnames
  const isOfConsumer = mesh && attachment.namespace !== namespace
  return hosts.map((host, i) => {
    const sniHosts = mesh ? hostsFor(hostnames, host) : hostnames
    const translated = rules.filter(({ matched }) => matched).map((rule) => ruleOf(rule, bySni ? sniHosts : [], (mesh && attachment.ref.port) || 0))
    return {
      name: `${name}~${kind === 'TLSRoute' ? 'tls' : 'tcp'}~${i}`,
      namespace,
      hosts: [host.toLowerCase()],
      gateways: [mesh ? meshGateway : bindingName(attachment.binding)],
      exportTo: isOfConsumer && !departs('connectionsOfConsumersAreEverybodys') ? [namespace] : undefined,
      rules: [],
      tcp: bySni ? [] : translated,
      tls: bySni ? translated : [],
      semantics: 'gateway-api',
      origin,
    }
  })
}

/** A listener takes no more than its own hostname of a route's. Source: the same folder, `conversion.go` constrainTLSRoutesToListenerHost. */
function atListener(hostnames: readonly string[], attachment: Attachment): readonly string[] {
  const own = attachment.kind === 'listener' ? attachment.binding.hostname : ''
  return own === '' ? hostnames : intersection(hostnames, [own])
}

/** In the mesh a route without hostnames of its own means its parent's. Source: the same folder, `conversion.go` augmentTLSPortMatch, compatibleRoutesForHost. */
function hostsFor(hostnames: readonly string[], parent: string): readonly string[] {
  if (hostnames.length === 1) return hostnames[0] === '*' ? [parent] : hostnames
  return hostnames.filter((hostname) => overlaps(parent, hostname))
}

function ruleOf({ destinations, origin }: ConnectionRoute, sniHosts: readonly string[], port: number): L4Rule {
  const matches = sniHosts.length > 0 || port > 0 ? [{ ...anything, sniHosts, port }] : []
  return { matches, route: destinations, origin }
}
