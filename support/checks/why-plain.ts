import { PeerAuthentications } from '../../mesh-core/compile/authentication/peer-authentication.ts'
import { fqdnOf } from '../../mesh-core/analyze/hosts.ts'
import { Inventory, labelsOf, specOf } from '../../mesh-core/analyze/inventory.ts'
import type { Fields } from '../../mesh-core/analyze/inventory.ts'
import { rootNamespaceOf } from '../../mesh-core/analyze/mesh-settings.ts'
import type { Resource } from '../../mesh-core/config/resource.ts'
import type { Hop } from '../../mesh-core/ir/exchange.ts'

/** What in the config has a request go without mutual TLS; `''` where nothing of it does. */
export function whyPlain(hop: Hop, resources: readonly Resource[]): string {
  const rules = resources.filter((resource) => resource.kind === 'DestinationRule' && isFor(resource, hop))
  const reasons = rules.flatMap(({ origin, object }) =>
    otherModes(object['spec'] as Fields).map((mode) => `${origin.resource} sets TLS of mode ${mode}`),
  )
  if (hop.log === null && hop.from !== null) reasons.push(`${hop.from.name} has no sidecar that could begin TLS`)
  if (hop.inbound === null && hop.log !== null) reasons.push(`${hop.to?.name ?? 'the receiver'} has no sidecar that could end TLS`)
  else if (looksForNone(hop, resources)) reasons.push(`a PeerAuthentication has ${hop.to!.name} look for no TLS`)
  return reasons.join('; ')
}

function isFor(rule: Resource, { service }: Hop): boolean {
  const host = specOf(rule)['host']
  return typeof host === 'string' && service !== null && [fqdnOf(host, rule.namespace), host].includes(service)
}

/** In its policy, that of a port or that of a subset. */
function otherModes({ trafficPolicy, subsets }: Fields): readonly string[] {
  const policies = [trafficPolicy, ...((subsets ?? []) as Fields[]).map((subset) => subset['trafficPolicy'] as Fields)]
  const all = policies.flatMap((policy: Fields | undefined) => [policy, ...((policy?.['portLevelSettings'] ?? []) as Fields[])])
  const modes = all.flatMap((policy) => (policy?.['tls'] === undefined ? [] : String(policy['tls'].mode ?? 'DISABLE')))
  return [...new Set(modes)].filter((mode) => mode !== 'ISTIO_MUTUAL')
}

function looksForNone({ to, port }: Hop, resources: readonly Resource[]): boolean {
  const policies = resources.filter(({ kind }) => kind === 'PeerAuthentication')
  const inventory = new Inventory(resources, { nowMs: 0, manifests: true })
  const pod = inventory.pods.find(({ name, namespace }) => name === to?.name && namespace === to.namespace)
  if (!pod || port === null || policies.length === 0) return false
  return new PeerAuthentications(policies, rootNamespaceOf(inventory)).modeOf({ namespace: pod.namespace, labels: labelsOf(pod) }, port) === 'disable'
}
