import type { UpstreamHttp } from './cluster.ts'
import type { HttpSettings } from './proxy-config.ts'

/** How a sidecar takes connections to a port of its own workload. */
export interface InboundPort {
  /** Of the connection manager that reads HTTP there. */
  readonly settings?: HttpSettings
  /** `sniffed`: HTTP where the first bytes look like it, and else bytes. */
  readonly takes: 'http' | 'sniffed' | 'bytes'
  /** What it speaks to the workload then. */
  readonly http: UpstreamHttp
}
