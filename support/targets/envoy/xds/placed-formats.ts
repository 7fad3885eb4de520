import { maskedAddress } from '../../../../mesh-core/ir/address-range.ts'
import type { Endpoint } from '../../../../mesh-core/ir/cluster.ts'
import type { ArrivalPlace } from './arrival-place.ts'
import { typed } from './json.ts'
import type { Json } from './json.ts'

/** What header values tell of addresses, and of clusters. */
export interface Formats {
  /** The value as a proxy writes it. */
  value(text: string): string
  /** Metadata of an endpoint that values ask for. */
  ofEndpoint(endpoint: Endpoint): Json
  /** Metadata of a cluster that values ask for. @param name as its proxy knows it */
  ofCluster(name: string): Json
  /** Filters that note what values ask for of a connection. */
  ofConnection(arrival: ArrivalPlace | null): readonly Json[]
}

/** Where addresses are those of the mesh. */
export const asTheyAre: Formats = { value: (text) => text, ofEndpoint: () => ({}), ofCluster: () => ({}), ofConnection: () => [] }

type Tell = (address: string, port: number, bits: number | null) => string

const whole: Tell = (address, port) => `${address.includes(':') ? `[${address}]` : address}:${port}`
const withoutPort: Tell = (address, _, bits) => (bits === null ? address : maskedAddress(address, bits))
const portAlone: Tell = (_, port) => String(port)

const tells: Readonly<Record<string, Tell>> = { ADDRESS: whole, ADDRESS_WITHOUT_PORT: withoutPort, PORT: portAlone }

const ofHost: Readonly<Record<string, Tell>> = { UPSTREAM_HOST: whole, UPSTREAM_HOST_NAME: whole, UPSTREAM_HOST_NAME_WITHOUT_PORT: withoutPort }

const namespace = 'meshspec'
const remote = /^UPSTREAM_REMOTE_(ADDRESS|ADDRESS_WITHOUT_PORT|PORT)$/
const local = /^UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT$/
const client = /^DOWNSTREAM_DIRECT_REMOTE_(ADDRESS|ADDRESS_WITHOUT_PORT|PORT)$/
const arrived = /^DOWNSTREAM_LOCAL_(ADDRESS|ADDRESS_WITHOUT_PORT|PORT)$/

/** One of Envoy's operators, `%UPSTREAM_HOST%`, perhaps with a number of bits, and a length: `%UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(16):9%`. */
const operator = /%%|%([A-Z_]+)(?:\((\d{1,2})\))?(:\d+)?%/g

/**
 * Values of one proxy that tell of addresses and clusters: in the place of the loopback, where everything is in truth, they tell those of the mesh, and names as
 * its proxy knows them. Endpoints and clusters carry what is told of them, and connections what is known of them at their beginning.
 */
export class PlacedFormats implements Formats {
  readonly #own: string
  readonly #ofEndpoints = new Map<string, (endpoint: Endpoint) => string>()
  #asksForClusters = false
  /** Formats, by the key under which a connection carries what they say of it. */
  readonly #ofConnections = new Map<string, (arrival: ArrivalPlace | null) => string>()

  /** @param own address of the proxy's pod */
  constructor(own: string) {
    this.#own = own
  }

  /** Is there a value that tells of endpoints? */
  get asksForEndpoints(): boolean {
    return this.#ofEndpoints.size > 0
  }

  value(text: string): string {
    return text.replaceAll(operator, (written: string, name?: string, mask?: string, length?: string) => {
      const bits = mask === undefined ? null : Number(mask)
      const placed = name === undefined || !isMask(name, bits) ? null : this.#placed(name, bits)
      return placed === null ? written : `%${placed}${length ?? ''}%`
    })
  }

  ofEndpoint(endpoint: Endpoint): Json {
    if (!this.asksForEndpoints) return {}
    return { [namespace]: Object.fromEntries([...this.#ofEndpoints].map(([key, tell]) => [key, tell(endpoint)])) }
  }

  ofCluster(name: string): Json {
    return this.#asksForClusters ? { metadata: { filter_metadata: { [namespace]: { name } } } } : {}
  }

  ofConnection(arrival: ArrivalPlace | null): readonly Json[] {
    if (this.#ofConnections.size === 0) return []
    const values = [...this.#ofConnections].map(([key, format]) => ({
      object_key: key,
      factory_key: 'envoy.string',
      format_string: { text_format_source: { inline_string: format(arrival) } },
    }))
    const config = typed('envoy.extensions.filters.network.set_filter_state.v3.Config', { on_new_connection: values })
    return [{ name: 'envoy.filters.network.set_filter_state', typed_config: config }]
  }

  #placed(name: string, bits: number | null): string | null {
    if (name === 'UPSTREAM_CLUSTER_RAW' && bits === null) {
      this.#asksForClusters = true
      return `METADATA(CLUSTER:${namespace}:name)`
    }
    if (ofHost[name]) return `UPSTREAM_METADATA(${namespace}:${this.#endpointKey(name, ofHost[name], bits)})`
    const part = (pattern: RegExp): Tell | undefined => tells[pattern.exec(name)?.[1] ?? '']
    const [there, caller, here] = [part(remote), part(client), part(arrived)]
    // Nothing of a connection is told before there is one.
    if (there) return connected(`xds.upstream_host_metadata.filter_metadata['${namespace}']['${this.#endpointKey(name, there, bits)}']`)
    if (local.test(name)) return connected(`'${withoutPort(this.#own, 0, bits)}'`)
    if (caller) return this.#noted(name, bits, () => `%${name.replace('DIRECT_', '')}${bits === null ? '' : `(${bits})`}%`)
    const seen = `%${name}${bits === null ? '' : `(${bits})`}%`
    return here ? this.#noted(name, bits, (arrival) => (arrival ? here(arrival.address, arrival.port, bits) : seen)) : null
  }

  #endpointKey(name: string, tell: Tell, bits: number | null): string {
    const key = keyOf(name, bits)
    this.#ofEndpoints.set(key, ({ address, port }) => tell(address, port, bits))
    return key
  }

  #noted(name: string, bits: number | null, format: (arrival: ArrivalPlace | null) => string): string {
    const key = `${namespace}.${keyOf(name, bits)}`
    this.#ofConnections.set(key, format)
    return `FILTER_STATE(${key}:PLAIN)`
  }
}

/** Of what else Envoy says that it is wrong. */
function isMask(name: string, bits: number | null): boolean {
  return bits === null || (bits <= 32 && name.endsWith('_WITHOUT_PORT'))
}

function keyOf(name: string, bits: number | null): string {
  return bits === null ? name : `${name}_${bits}`
}

function connected(expression: string): string {
  return `CEL(has(upstream.local_address) ? ${expression} : '')`
}
