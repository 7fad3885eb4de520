import { request as requestHttp } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ConfigRejected } from '../../../mesh-core/config/errors.ts'
import { NotYetProgrammed } from '../target.ts'
import { Refused } from './discovery-server.ts'
import type { Subscription } from './discovery-server.ts'
import { restSource } from './envoy-process.ts'
import type { EnvoyProcess } from './envoy-process.ts'
import { freePorts } from './free-ports.ts'
import { httpConnectionManager } from './xds/connection-manager.ts'
import { typed } from './xds/json.ts'
import type { Json } from './xds/json.ts'
import { socketAddress } from './xds/placement.ts'

/** All that an Envoy has, of all proxies that it hosts. */
export interface EnvoyConfig {
  readonly clusters: readonly Json[]
  /** By cluster: the endpoints of those that ask for them. */
  readonly endpoints: ReadonlyMap<string, Json>
  readonly listeners: readonly Json[]
  /** By name; each is one that a listener asks for. */
  readonly routes: ReadonlyMap<string, Json>
  /** By name; each is one that a cluster or a listener asks for. */
  readonly secrets: ReadonlyMap<string, Json>
}

export const emptyConfig: EnvoyConfig = { clusters: [], endpoints: new Map(), listeners: [], routes: new Map(), secrets: new Map() }

/** ms in which Envoy asks for nothing, after which a version that it has not acknowledged is "not yet programmed". */
const deadlineMs = 10_000

const all = { clusters: { kind: 'clusters', name: '' }, listeners: { kind: 'listeners', name: '' } } as const
const marker = 'meshspec.version'

/** What Envoy said of a part of the config. */
export type Complain = (subscription: Subscription, words: string) => Promise<ConfigRejected>

/** Brings Envoy from one config to the next, without a moment in which a route leads nowhere. */
export class Configurator {
  readonly #envoy: EnvoyProcess
  readonly #markerPort: number
  #current = emptyConfig
  #round = 0

  private constructor(envoy: EnvoyProcess, markerPort: number) {
    this.#envoy = envoy
    this.#markerPort = markerPort
  }

  /** Resolves when Envoy answers. @throws MeshSpecError ENVOY_FAILED */
  static async start(envoy: EnvoyProcess, withinMs = deadlineMs): Promise<Configurator> {
    for (let tries = 1; ; tries++) {
      const [port] = await freePorts(1)
      try {
        const configurator = new Configurator(envoy, port!)
        await configurator.#push(emptyConfig, withinMs)
        return configurator
      } catch (error) {
        envoy.check()
        if (!(error instanceof Refused))
          throw envoy.failure(`Envoy did not become ready within ${withinMs / 1000} s`, 'try it by hand: envoy --version')
        const words = await envoy.wordsOn(error.subscription)
        if (tries === 3 || !isPortTaken(words)) throw envoy.failure(`Envoy refuses its first config: ${words}`, 'name another Envoy in $ENVOY_PATH')
        envoy.discovery.withdraw()
      }
    }
  }

  /**
   * Resolves when every request that is sent from now on meets the new config. What Envoy refuses changes nothing.
   * @throws ConfigRejected, NotYetProgrammed, MeshSpecError ENVOY_FAILED
   */
  async use(next: EnvoyConfig, complain: Complain): Promise<void> {
    const before = this.#current
    this.#envoy.forgetWords()
    try {
      await this.#push(next)
      this.#current = next
    } catch (error) {
      this.#envoy.check()
      if (!(error instanceof Refused)) throw new NotYetProgrammed(error instanceof Error ? error.message : String(error))
      const words = await this.#envoy.wordsOn(error.subscription)
      this.#envoy.discovery.withdraw()
      await this.#push(before)
      throw await complain(error.subscription, words)
    }
  }

  /** Clusters first, then what leads to them; what is not led to any more goes last. */
  async #push(next: EnvoyConfig, withinMs = deadlineMs): Promise<void> {
    const { discovery } = this.#envoy
    const named = new Set(next.clusters.map(({ name }) => name))
    const leaving = this.#current.clusters.filter(({ name }) => !named.has(name))
    // They stay for good: there are few of them, and who asks for one again gets it.
    const ofClusters = next.secrets.size > 0 ? JSON.stringify(next.clusters) : ''
    const putSecrets = (early: boolean): void => {
      for (const [name, secret] of next.secrets) if (asksFor(ofClusters, name) === early) discovery.put({ kind: 'secrets', name }, [secret])
    }
    putSecrets(true)
    const before = this.#current.endpoints
    for (const [name, assignment] of next.endpoints) discovery.put({ kind: 'endpoints', name }, [assignment])
    discovery.put(all.clusters, [...next.clusters, ...leaving])
    await this.#acknowledged(withinMs)
    if ([...next.endpoints].some(([name, assignment]) => isChangeOfHealth(before.get(name), assignment))) await sleep(mergeWindowMs)
    // Nobody asks for those of listeners before there are listeners.
    putSecrets(false)
    for (const [name, table] of next.routes) discovery.put({ kind: 'routes', name }, [table])
    discovery.put(all.listeners, [...next.listeners, this.#markerListener()].map(alone))
    await this.#mark(withinMs)
    if (isChangeOfReceivers(this.#current.listeners, next.listeners)) await sleep(drainMs)
    for (const name of this.#current.routes.keys()) if (!next.routes.has(name)) discovery.retire({ kind: 'routes', name })
    if (leaving.length === 0) return
    discovery.put(all.clusters, next.clusters)
    await this.#acknowledged()
    for (const name of before.keys()) if (!next.endpoints.has(name)) discovery.retire({ kind: 'endpoints', name })
  }

  #acknowledged(withinMs = deadlineMs): Promise<void> {
    return this.#envoy.discovery.acknowledged(withinMs, () => this.#envoy.check())
  }

  /**
   * The main thread has acknowledged; the worker may yet be about to take it up. It takes changes in their order, so a request that meets a change made
   * after them proves that all the others are in force.
   */
  async #mark(withinMs: number): Promise<void> {
    const first = this.#round === 0
    if (first) this.#putMarker()
    await this.#acknowledged(withinMs)
    if (!first) {
      this.#putMarker()
      await this.#acknowledged(withinMs)
    }
    const until = performance.now() + withinMs
    while ((await this.#seenMarker()) !== String(this.#round)) {
      this.#envoy.check()
      if (performance.now() > until) throw new Error('Envoy answers by its former config')
    }
  }

  #putMarker(): void {
    const body = { inline_string: String(++this.#round) }
    const routes = [{ match: { prefix: '/' }, direct_response: { status: 200, body } }]
    const table = typed('envoy.config.route.v3.RouteConfiguration', { name: marker, virtual_hosts: [{ name: marker, domains: ['*'], routes }] })
    this.#envoy.discovery.put({ kind: 'routes', name: marker }, [table])
  }

  #markerListener(): Json {
    const routes = { rds: { config_source: restSource(), route_config_name: marker } }
    const manager = httpConnectionManager({ direction: 'outbound', statPrefix: marker, routes, pathNormalization: 'NONE', accessLog: [] })
    return typed('envoy.config.listener.v3.Listener', {
      name: marker,
      address: socketAddress({ address: '127.0.0.1', port: this.#markerPort }),
      filter_chains: [{ filters: [manager] }],
    })
  }

  #seenMarker(): Promise<string> {
    return new Promise((resolve) => {
      const failed = () => setTimeout(() => resolve(''), 5)
      const request = requestHttp({ host: '127.0.0.1', port: this.#markerPort, agent: false, timeout: 2000 }, (response) => {
        let body = ''
        response.on('data', (chunk: Buffer) => (body += chunk.toString()))
        response.on('end', () => resolve(body))
        response.on('error', failed)
      })
      request.on('timeout', () => request.destroy(new Error('no answer')))
      request.on('error', failed).end()
    })
  }
}

/** @param config as JSON; the name may occur in it otherwise, too: as an identity that is expected */
function asksFor(config: string, secret: string): boolean {
  return config.includes(`{"name":${JSON.stringify(secret)},"sds_config":`)
}

/** ms within which Envoy brings together changes that add and remove nobody, before its workers hear of them: `update_merge_window`, and a little more. */
const mergeWindowMs = 1050

/** The same hosts, and something else of them. */
function isChangeOfHealth(before: Json | undefined, after: Json): boolean {
  if (before === undefined || before === after || JSON.stringify(before) === JSON.stringify(after)) return false
  const hosts = (assignment: Json): string =>
    JSON.stringify(
      JSON.stringify(assignment)
        .match(/"socket_address":\{[^}]*\}/g)
        ?.sort(),
    )
  return hosts(before) === hosts(after)
}

/** ms after which connections that proxies have kept to what a listener was before are closed: `--drain-time-s`, and a little more. */
const drainMs = 1100

/** Has a listener changed to which other proxies connect? Those of sidecars' outbound sides get connections of clients alone, which are new ones. */
function isChangeOfReceivers(before: readonly Json[], after: readonly Json[]): boolean {
  if (before.length === 0) return false
  const known = new Map(before.map((listener) => [listener['name'], listener]))
  return after.some((listener) => {
    const former = known.get(listener['name'])
    return former !== undefined && listener['traffic_direction'] === 'INBOUND' && JSON.stringify(former) !== JSON.stringify(listener)
  })
}

/** Who listens on a port listens alone: with Envoy's default (`reuse_port`) two that have chosen the same one would share its connections in silence. */
function alone(listener: Json): Json {
  return { ...listener, enable_reuse_port: false }
}

/** Between our choice of a port and Envoy's taking it, somebody else may have. */
export function isPortTaken(words: string): boolean {
  return /Address already in use|duplicate address/.test(words)
}
