import type { InboundChain } from '../../ir/inbound-port.ts'
import { anyConnection, plainHttp } from '../../ir/proxy-config.ts'
import type { MutualTlsMode } from '../authentication/peer-authentication.ts'

/** `sniffed`: HTTP where the first bytes look like it, and else bytes. */
export type InboundProtocol = 'http' | 'sniffed' | 'bytes'

/** By these sidecars tell each other what is within their mutual TLS. Source: Istio `core/listener.go` mtlsHTTPALPNs, mtlsTCPWithMxcALPNs, allIstioMtlsALPNs. */
const ofHttp = ['istio-http/1.0', 'istio-http/1.1', 'istio-h2']
const ofTcp = ['istio-peer-exchange', 'istio']
export const meshProtocols: readonly string[] = [...ofTcp, ...ofHttp]

const mutual = (reads: InboundChain['reads'], applicationProtocols: readonly string[] = []): InboundChain => ({
  ...{ ...anyConnection, transport: 'tls', applicationProtocols, endsTls: true, reads },
})
const plain = (reads: InboundChain['reads'], applicationProtocols: readonly string[] = []): InboundChain => ({
  ...{ ...anyConnection, transport: 'raw_buffer', applicationProtocols, endsTls: false, reads },
})
/** TLS of an application. */
const tunnel: InboundChain = { ...anyConnection, transport: 'tls', endsTls: false, reads: 'bytes' }

/** Whatever comes is passed on unread. */
export const bytesAsTheyAre: readonly InboundChain[] = [tunnel, plain('bytes')]

/** Source: Istio `core/filterchain_options.go` getFilterChainMatchOptions. */
const chains: Readonly<Record<InboundProtocol, Readonly<Record<MutualTlsMode, readonly InboundChain[]>>>> = {
  http: {
    strict: [mutual('http')],
    permissive: [mutual('http', meshProtocols), plain('http')],
    disable: [plain('http')],
  },
  sniffed: {
    strict: [mutual('http', ofHttp), mutual('bytes')],
    permissive: [mutual('http', ofHttp), plain('http', plainHttp), mutual('bytes', ofTcp), plain('bytes'), tunnel],
    disable: [plain('http', plainHttp), plain('bytes')],
  },
  bytes: {
    strict: [mutual('bytes')],
    permissive: [mutual('bytes', meshProtocols), tunnel, plain('bytes')],
    disable: [plain('bytes')],
  },
}

/** The filter chains of a sidecar for a port of its workload. */
export function inboundChains(protocol: InboundProtocol, mode: MutualTlsMode): readonly InboundChain[] {
  return chains[protocol][mode]
}
