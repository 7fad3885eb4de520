import type { Exchange } from '../../../../../mesh-core/ir/exchange.ts'
import type { Resource } from '../../../../../mesh-core/config/resource.ts'

interface Addressed {
  readonly subsets?: readonly { readonly addresses?: readonly { readonly ip: string }[] }[]
  readonly endpoints?: readonly { readonly addresses: readonly string[] }[]
}

/**
 * Why an exchange without an answer says nothing about the mesh: the service that was called leads out of the cluster, to servers that are not the run's, and
 * whether there is a way to them nobody here knows.
 * @param host that was dialled, in the scenario's words; the Host header may say another
 * @param given the scenario's objects, in its own words
 * @param isServed whether somebody of the run's is at the address, or under the name
 * @returns `null` where it does not
 */
export function beyondTheCluster(
  host: string,
  { response, error }: Pick<Exchange, 'response' | 'error'>,
  given: readonly Resource[],
  isServed: (place: string) => boolean,
): string | null {
  if (error === null && response?.status !== 502 && response?.status !== 503) return null
  const service = given.find(({ kind, name, namespace }) => kind === 'Service' && isNameOf(host, name, namespace))
  if (!service) return null
  const places = placesOf(service, given).filter((place) => !isServed(place))
  return places.length === 0 ? null : `Service ${service.name} leads out of the cluster, to ${places.join(', ')}, and no answer came from there`
}

function isNameOf(host: string, name: string, namespace: string): boolean {
  return [name, `${name}.${namespace}`, `${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`].includes(host)
}

function placesOf({ object, name, namespace }: Resource, given: readonly Resource[]): readonly string[] {
  const { type, externalName } = (object['spec'] ?? {}) as { readonly type?: string; readonly externalName?: string }
  if (type === 'ExternalName' && externalName !== undefined) return [externalName]
  const own = given.filter(
    (other) =>
      other.namespace === namespace &&
      ((other.kind === 'Endpoints' && other.name === name) ||
        (other.kind === 'EndpointSlice' && other.object.metadata.labels?.['kubernetes.io/service-name'] === name)),
  )
  return own.flatMap(({ object: endpoints }) => {
    const { subsets = [], endpoints: slices = [] } = endpoints as unknown as Addressed
    return [...subsets.flatMap(({ addresses = [] }) => addresses.map(({ ip }) => ip)), ...slices.flatMap(({ addresses }) => addresses)]
  })
}
