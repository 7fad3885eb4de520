import type { WorkloadRef } from '../ir/cluster.ts'
import type { ApplicationAddress, InboundPort } from '../ir/inbound-port.ts'
import type { StreamMessage, WireProtocol } from '../ir/message.ts'
import type { Origin, Position } from '../ir/origin.ts'
import type { ProxyConfig } from '../ir/proxy-config.ts'
import type { Program } from '../ir/program.ts'
import type { ApplicationTls, ClientTls } from '../ir/tls.ts'
import type { Registry, WorkloadInstance } from '../registry/registry.ts'

/**
 * What the data plane is told of a mesh: one immutable value for each version of the config. `Mesh` builds it; a new version is set as a whole,
 * and the state that outlives it (round-robin positions, ejections) is the data plane's own, kept by cluster name.
 */
export interface DataPlaneModel {
  readonly version: number
  /** When it was applied, in ms of the mesh's clock: proxies know its endpoints since then. */
  readonly sinceMs: number
  readonly registry: Registry
  /** The outbound side of a workload's sidecar, or a gateway's config; `null` for a workload without a proxy. Compiled on first use, then the same object. */
  proxyConfig(workload: WorkloadRef): ProxyConfig | null
  /** Does this workload's own sidecar stand before it, too (mutual TLS, x-forwarded-client-cert, inbound retries)? */
  inboundSidecar(workload: WorkloadInstance, way: WayOfArrival): boolean
  /** What the application of a workload (`null`: a server outside) expects of connections to one of its ports. */
  applicationTls(workload: WorkloadInstance | null, port: number): ApplicationTls
  /** Where the application of a workload listens on one of its ports. */
  applicationAddress(workload: WorkloadInstance, port: number): ApplicationAddress
  /** How that sidecar takes connections to a port of the workload. */
  inboundPort(workload: WorkloadInstance, port: number): InboundPort
  /** The program behind a workload; behind `null`, the outside world. */
  program(workload: WorkloadInstance | null): Program
  locate(origin: Origin): { file: string; position: Position | null }
}

/** How a connection came to a workload: to its own address, or from the address of a service that a proxy dialled past the rules of the mesh. */
export type WayOfArrival = 'own-address' | 'kept-service-address'

/** One request to send. */
export interface MeshCall {
  /** A workload (its sidecar, where it has one), or a client outside the mesh that reaches a gateway. */
  readonly from: { readonly kind: 'workload'; readonly ref: WorkloadRef } | { readonly kind: 'gateway'; readonly ref: WorkloadRef }
  readonly method: string
  /** `http://reviews:9080/reviews/0`, or `tcp://db:5432` to send the body over TCP as it is, `udp://dns:53` in a datagram. For a gateway only the port is dialled; the host becomes the Host header. */
  readonly url: string
  /** `host` replaces the Host header and not what is dialled. Repeated values in a list. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string
  /** Of `tcp`: the client says nothing before it has heard the server, so that nobody who looks at its first bytes goes on. */
  readonly serverFirst?: true
  /** Of a gRPC call, or of a WebSocket. */
  readonly messages?: readonly StreamMessage[]
  /** The version of HTTP that the client speaks, over plain text without asking first. Default: HTTP/1.1. */
  readonly protocol?: Exclude<WireProtocol, 'tcp' | 'udp'>
  /** Of a URL of https. Default: a client that checks nothing, and names the host that it dials. */
  readonly tls?: ClientTls
  /** The client gives up after so many ms; `null` for never. */
  readonly timeoutMs: number | null
  /** Stands for the client's connection: calls with the same one come from the same port. Default: a connection of its own. */
  readonly connection?: object
}
