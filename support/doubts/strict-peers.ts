import { PeerAuthentications } from '../../mesh-core/compile/authentication/peer-authentication.ts'
import { Inventory, labelsOf, listOf, specOf } from '../../mesh-core/analyze/inventory.ts'
import type { Fields } from '../../mesh-core/analyze/inventory.ts'
import { rootNamespaceOf } from '../../mesh-core/analyze/mesh-settings.ts'
import type { Resource } from '../../mesh-core/config/resource.ts'
import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { selects } from '../../mesh-core/registry/labels.ts'
import type { Labels } from '../../mesh-core/registry/labels.ts'

/** Services that closed a connection, and whose sidecars take mutual TLS of the mesh alone: whoever came without it was not told so. */
export function strictPeers(exchanges: readonly Exchange[], resources: readonly Resource[]): readonly string[] {
  const policies = resources.filter(({ kind }) => kind === 'PeerAuthentication')
  if (policies.length === 0) return []
  const inventory = new Inventory(resources, { nowMs: 0, manifests: true })
  const root = rootNamespaceOf(inventory)
  const peers = new PeerAuthentications(policies, root)
  const told = exchanges.flatMap(closedBy).flatMap((host) => {
    const service = resources.find((one) => one.kind === 'Service' && namesOf(one).includes(host))
    const pod = service && inventory.pods.find((one) => one.namespace === service.namespace && selects(selectorOf(service), labelsOf(one)))
    if (!pod || !podPortsOf(service).some((port) => peers.modeOf({ namespace: pod.namespace, labels: labelsOf(pod) }, port) === 'strict')) return []
    return [
      `${service.name}.${service.namespace} takes mutual TLS alone: ${strictOf(policies, pod, root).join(', ')}; who comes without it is cut off`,
    ]
  })
  return [...new Set(told)]
}

/** Hosts at which a connection ended before an answer came: as the client saw it, and as proxies did. */
function closedBy({ request, error, hops }: Exchange): readonly string[] {
  const byProxies = hops.flatMap(({ log, service }) => (service !== null && log?.flags.split(',').includes('UC') ? [service] : []))
  return error === 'closed' && byProxies.length === 0 ? [request.authority.replace(/:\d+$/, '')] : byProxies
}

function namesOf({ name, namespace }: Resource): readonly string[] {
  return [name, `${name}.${namespace}`, `${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`]
}

function selectorOf(service: Resource): Labels {
  return (specOf(service).selector ?? {}) as Labels
}

function podPortsOf(service: Resource): readonly number[] {
  return listOf(specOf(service).ports).map(({ port, targetPort }) => Number(typeof targetPort === 'number' ? targetPort : port))
}

/** Of those that may act on the pod, the ones that say so. */
function strictOf(policies: readonly Resource[], pod: Resource, root: string): readonly string[] {
  const near = policies.filter(({ namespace }) => namespace === pod.namespace || namespace === root)
  return near
    .filter((policy) => mentionsStrict(specOf(policy)) && selects(labelsOfSelector(policy), labelsOf(pod)))
    .map(({ origin }) => origin.resource)
}

function labelsOfSelector(policy: Resource): Labels {
  return ((specOf(policy).selector as Fields | undefined)?.matchLabels ?? {}) as Labels
}

function mentionsStrict({ mtls, portLevelMtls }: Fields): boolean {
  return [mtls, ...Object.values((portLevelMtls ?? {}) as Fields)].some((one) => (one as Fields | undefined)?.mode === 'STRICT')
}
