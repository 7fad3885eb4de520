import type { Dialled } from '../../../mesh-core/dataplane/dial.ts'
import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import { proxyHeader } from './proxy-protocol.ts'
import type { SocketAddress } from './xds/placement.ts'

/** Address of the client outside the mesh, as gateways see it: of TEST-NET-2 (RFC 5737), the same as on `core`. */
export const clientAddress = '198.51.100.10'

/** Of a proxy's own connections: the same for all of them, so that they are shared. */
export const ownPort = 32_768

let connections = 0

/**
 * Goes before a connection to a proxy that is told where it was to go.
 * @param source address of who makes it
 * @param lands where that is in truth, and where clusters lead that go elsewhere; `null`: nowhere
 */
export function preamble(proxy: WorkloadInstance, source: string, { address, port }: Dialled, lands: readonly (SocketAddress | null)[]): Buffer {
  const header = proxyHeader({
    source: { address: source, port: nextPort() },
    destination: { address: address!, port },
    lands: lands.map((one) => (one ? `${one.address}:${one.port}` : '')),
  })
  return Buffer.concat([ownHeader(proxy), header])
}

/** Goes before a connection that no proxy makes: the client says itself who it is. @param sender `null`: the world outside */
export function straightPreamble(sender: WorkloadInstance | null, destination: SocketAddress, receiver: WorkloadInstance | null): Buffer {
  const header = proxyHeader({ source: { address: sender?.address ?? clientAddress, port: nextPort() }, destination, lands: [] })
  return receiver?.gateway ? Buffer.concat([ownHeader(receiver), header]) : header
}

/** As a system gives ports out to clients. */
function nextPort(): number {
  return ownPort + (++connections % 28_000)
}

/** By which a proxy says of its own connections that they are its pod's. Where they lead is known where they arrive. */
function ownHeader({ address }: WorkloadInstance): Buffer {
  const own = { address, port: ownPort }
  return proxyHeader({ source: own, destination: own, lands: [] })
}
