/** An entry of `/v1/health/service/:service`. */
export interface ConsulInstance {
  readonly Node: { readonly Address: string; readonly Datacenter?: string }
  readonly Service: {
    readonly ID: string
    /** `''` for the node's. */
    readonly Address?: string
    readonly Port?: number
    readonly Tags?: readonly string[] | null
    readonly Meta?: Readonly<Record<string, string>> | null
    readonly Weights?: { readonly Passing?: number }
  }
}

const labelValue = /^(?:(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/
const labelKey = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/

/**
 * A service as a ServiceEntry. Its port is that of the first instance, and its protocol what `Meta.protocol` says (HTTP where nothing does); labels are `Meta`
 * and tags of the form `key=value` (or `key|value`), so that subsets may choose among instances.
 * @returns YAML (JSON, that is); `null` for a service that has no instance with a port, which nobody could call
 */
export function serviceEntryOf(name: string, namespace: string, instances: readonly ConsulInstance[]): string | null {
  const called = instances.filter(({ Service }) => (Service.Port ?? 0) > 0).sort((a, b) => (a.Service.ID < b.Service.ID ? -1 : 1))
  const first = called[0]?.Service
  if (!first) return null
  const protocol = (first.Meta?.['protocol'] ?? 'http').toUpperCase()
  const named = called.some((instance) => !/^[\d.]+$|:/.test(addressOf(instance)))
  return JSON.stringify({
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name: `consul-${name.toLowerCase()}`, namespace },
    spec: {
      hosts: [`${name.toLowerCase()}.service.consul`],
      ports: [{ number: first.Port, name: protocol.toLowerCase(), protocol }],
      location: 'MESH_INTERNAL',
      resolution: named ? 'DNS' : 'STATIC',
      endpoints: called.map((instance) => endpointOf(name, instance, protocol.toLowerCase())),
    },
  })
}

function endpointOf(name: string, instance: ConsulInstance, port: string): object {
  const { Service, Node } = instance
  return {
    address: addressOf(instance),
    ports: { [port]: Service.Port },
    labels: { app: name, ...labelsOf(Service) },
    ...(Node.Datacenter ? { locality: Node.Datacenter } : {}),
    ...(Service.Weights?.Passing && Service.Weights.Passing > 1 ? { weight: Service.Weights.Passing } : {}),
  }
}

function addressOf({ Service, Node }: ConsulInstance): string {
  return Service.Address || Node.Address
}

function labelsOf({ Tags, Meta }: ConsulInstance['Service']): Record<string, string> {
  const tags = (Tags ?? []).flatMap((tag) => {
    const [, key, value] = /^([^=|]+)[=|](.*)$/.exec(tag) ?? []
    return key === undefined ? [] : [[key, value!] as const]
  })
  return Object.fromEntries([...tags, ...Object.entries(Meta ?? {})].filter(([key, value]) => labelKey.test(key) && labelValue.test(value)))
}
