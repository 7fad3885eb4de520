import type { Endpoint } from '../ir/cluster.ts'
import type { HostHealth } from './outlier-detection.ts'

/** An endpoint as one proxy knows it. */
export interface UpstreamHost {
  endpoint: Endpoint
  /** `10.244.0.5:9080` */
  readonly address: string
  /** Requests under way. */
  active: number
  /** Requests that wait for a connection. */
  readonly pending: (() => void)[]
  readonly health: HostHealth
}
