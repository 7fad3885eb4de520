import type { Resource } from '../../config/resource.ts'
import { isManaged } from '../../registry/managed-gateways.ts'
import type { Registry } from '../../registry/registry.ts'
import { fqdn } from '../../registry/services.ts'
import type { Problem } from './conditions.ts'
import type { GatewaySpec } from './types.ts'

/** Of a Gateway that names the Services that serve it, full names; none of one that istiod runs pods for. */
export function addressedServices({ namespace, object }: Resource): string[] {
  const spec: GatewaySpec = object['spec'] ?? { gatewayClassName: '', listeners: [] }
  if (isManaged(spec)) return []
  return (spec.addresses ?? [])
    .filter(({ type, value }) => (type ?? 'IPAddress') === 'Hostname' && value)
    .map(({ value }) => (value!.includes('.') ? value! : fqdn(value!, namespace)))
}

/**
 * Why a Gateway does not get an address that it names: no such Service, no endpoint behind it, or none of its ports is the listener's.
 * Source: Istio `pilot/pkg/config/kube/gatewaycommon/context.go` ResolveGatewayInstances; `conversion.go` SetProgrammedCondition.
 * @param ports of the listeners that are served
 */
export function addressProblem(gateway: Resource, ports: readonly number[], registry: Registry): Problem | null {
  const found = addressedServices(gateway).flatMap((host) => problemsOf(host, gateway.namespace, ports, registry))
  if (found.length === 0) return null
  const reason = found.some((problem) => problem.reason === 'AddressNotUsable') ? 'AddressNotUsable' : 'AddressNotAssigned'
  return { reason, message: found.map(({ message }) => message).join('; ') }
}

function problemsOf(host: string, namespace: string, ports: readonly number[], registry: Registry): Problem[] {
  const unusable = (message: string): Problem => ({ reason: 'AddressNotUsable', message })
  const service = registry.service(host)
  if (!service) return [unusable(`there is no Service "${host}"`)]
  if (service.namespace !== namespace) return [unusable(`Service "${host}" is not of the Gateway's namespace, "${namespace}"`)]
  const instances = service.ports.map(({ number }) => ({ number, endpoints: registry.endpoints(service, number) }))
  if (instances.every(({ endpoints }) => endpoints.length === 0))
    return [{ reason: 'AddressNotAssigned', message: `no endpoint stands behind Service "${host}"` }]
  return [...new Set(ports)]
    .filter((port) => !instances.some(({ number, endpoints }) => number === port && endpoints.length > 0))
    .map((port) => {
      const meant = instances.filter(({ endpoints }) => endpoints.some((endpoint) => endpoint.port === port)).map(({ number }) => number)
      const hint = meant.length > 0 ? `: the listener's port is that of the pods; the Service's is ${meant.join(', ')}` : ''
      return unusable(`Service "${host}" has no port ${port}${hint}`)
    })
}
