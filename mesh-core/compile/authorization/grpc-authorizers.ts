import { originAt } from '../../config/resource.ts'
import type { NotModelled, Resource } from '../../config/resource.ts'
import { protocolOf } from '../../registry/protocol.ts'
import { meshConfigOf } from '../mesh-config.ts'

type Labels = Readonly<Record<string, string>>

/**
 * Policies that ask an authorizer over gRPC about connections of bytes, which Envoy's network filter does: here it is asked about requests alone. One acts on
 * bytes where a service of its workloads has a port for them.
 */
export function grpcAuthorizersIn(resources: readonly Resource[]): NotModelled[] {
  const asking = resources.filter(({ kind, object }) => kind === 'AuthorizationPolicy' && object['spec']?.action === 'CUSTOM')
  if (asking.length === 0) return []
  const { extensionProviders, rootNamespace } = meshConfigOf(resources)
  const names = new Set(extensionProviders.filter(({ envoyExtAuthzGrpc }) => envoyExtAuthzGrpc).map(({ name }) => name))
  const services = resources.filter(({ kind }) => kind === 'Service').filter(takesBytes)
  return asking.flatMap((policy): NotModelled[] => {
    const { provider, selector } = policy.object['spec'] as { provider?: { name?: string }; selector?: { matchLabels?: Labels } }
    const isFor = ({ namespace, object }: Resource): boolean =>
      (policy.namespace === rootNamespace || policy.namespace === namespace) &&
      areCompatible(object['spec']?.selector ?? {}, selector?.matchLabels ?? {})
    if (!names.has(provider?.name) || !services.some(isFor)) return []
    const origin = originAt(policy, ['spec', 'provider', 'name'])
    return [
      { resource: policy.origin.resource, origin, message: 'spec.provider is not modelled where it is asked over gRPC about connections of bytes' },
    ]
  })
}

const httpProtocols: ReadonlySet<string> = new Set(['http', 'http2', 'grpc', 'grpc-web', 'auto', 'udp'])

/** Of TLS, too, a sidecar sees bytes. */
function takesBytes({ object }: Resource): boolean {
  const ports = (object['spec']?.ports ?? []) as readonly { port: number; name?: string; protocol?: string; appProtocol?: string }[]
  return ports.some(({ port, name = '', protocol = 'TCP', appProtocol = null }) => {
    return !httpProtocols.has(protocolOf({ number: port, name, transport: protocol, appProtocol }))
  })
}

/** May both choose one workload? */
function areCompatible(one: Labels, other: Labels): boolean {
  return Object.entries(one).every(([key, value]) => other[key] === undefined || other[key] === value)
}
