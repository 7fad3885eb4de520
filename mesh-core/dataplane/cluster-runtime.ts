import { MeshSpecError } from '../config/errors.ts'
import type { Cluster } from '../ir/cluster.ts'
import type { Random } from '../time/random.ts'
import { createBalancer } from './load-balancer.ts'
import type { Balancer } from './load-balancer.ts'
import type { UpstreamHost } from './upstream-host.ts'

/** What one proxy remembers of a cluster. It outlives changes of config: hosts are known by their addresses. */
export class ClusterRuntime {
  readonly #random: Random
  #config: Cluster
  #hosts: readonly UpstreamHost[]
  #balancer: Balancer | null

  constructor(config: Cluster, random: Random) {
    this.#random = random
    this.#config = config
    this.#hosts = hostsOf(config, [])
    this.#balancer = createBalancer(config, random)
  }

  get config(): Cluster {
    return this.#config
  }

  update(config: Cluster): void {
    if (config === this.#config) return
    this.#hosts = hostsOf(config, this.#hosts)
    this.#balancer = createBalancer(config, this.#random)
    this.#config = config
  }

  /**
   * @param tried hosts that are better left alone, and how many picks may be spent on that
   * @throws {MeshSpecError} for a policy that is not modelled
   */
  pick(tried: readonly UpstreamHost[], attempts: number): UpstreamHost | null {
    const balancer = this.#balancer
    if (!balancer) throw notModelled(this.#config)
    let host = balancer(this.#hosts)
    for (let i = 0; i < attempts && host && tried.includes(host); i++) host = balancer(this.#hosts)
    return host
  }
}

function hostsOf(config: Cluster, known: readonly UpstreamHost[]): UpstreamHost[] {
  return config.endpoints
    .filter((endpoint) => endpoint.healthy)
    .map((endpoint) => {
      const address = `${endpoint.address}:${endpoint.port}`
      const before = known.find((host) => host.address === address)
      if (!before) return { endpoint, address, active: 0 }
      before.endpoint = endpoint
      return before
    })
}

function notModelled({ origin, loadBalancing, name }: Cluster): MeshSpecError {
  const problem = `load balancing by ${loadBalancing.kind} is not modelled (cluster ${name})`
  return new MeshSpecError({ code: 'INVALID_VALUE', origin, place: null, problem, hint: 'use LEAST_REQUEST, ROUND_ROBIN or RANDOM' })
}
