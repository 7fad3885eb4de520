import type { Endpoint } from '../ir/cluster.ts'

/** An endpoint as one proxy knows it. */
export interface UpstreamHost {
  endpoint: Endpoint
  /** `10.244.0.5:9080` */
  readonly address: string
  /** Requests under way. */
  active: number
}
