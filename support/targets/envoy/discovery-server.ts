import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer as readBytes } from 'node:stream/consumers'
import type { Json } from './xds/json.ts'

export type ResourceKind = 'clusters' | 'endpoints' | 'listeners' | 'routes' | 'secrets'

/** What one of Envoy's subscriptions asks for: all clusters, all listeners, or the endpoints of one, a route table or a secret by its name. */
export interface Subscription {
  readonly kind: ResourceKind
  /** `''` for all. */
  readonly name: string
}

/** Envoy did not take a version. Its own words are in its log. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly subscription: Subscription
  constructor(subscription: Subscription) {
    super(`Envoy refused the ${subscription.kind} ${subscription.name}`)
    this.subscription = subscription
  }
}

/** One subscription: what it is to have, and how far Envoy has come. */
interface Channel {
  readonly subscription: Subscription
  version: number
  body: string
  resources: string
  /** What Envoy has acknowledged last. */
  accepted: string
  served: number
  acknowledged: number
  refused: number
  /** Served, and not acknowledged once. */
  doubted: number
  /** An answer was given, and the poll that says what became of it has not come yet. */
  undecided: boolean
  retired: boolean
  held: ServerResponse | null
}

/**
 * Serves xDS as REST-JSON with long polling: a poll that has the newest version already is answered when there is a newer one. The version that the
 * next poll names is the acknowledgement, and the same one again the refusal. Source: Envoy, xDS REST and gRPC protocol, REST-JSON polling subscriptions.
 */
export class DiscoveryServer {
  readonly #channels = new Map<string, Channel>()
  readonly #watchers = new Set<() => void>()
  readonly #server: Server
  #version = 0
  /** When Envoy has last asked for something; `performance.now()`. */
  #heardMs = 0

  private constructor() {
    this.#server = createServer((request, response) => void this.#poll(request, response))
    // A poll may wait for as long as a scenario takes.
    this.#server.requestTimeout = 0
    this.#server.keepAliveTimeout = 0
  }

  static async start(): Promise<DiscoveryServer> {
    const server = new DiscoveryServer()
    await new Promise<void>((resolve, reject) => server.#server.once('error', reject).listen(0, '127.0.0.1', resolve))
    return server
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** What the subscription is to have from now on. Resources that are the same as before make no new version. */
  put(subscription: Subscription, resources: readonly Json[]): void {
    const channel = this.#channel(subscription)
    const text = JSON.stringify(resources)
    const gone = channel.retired && channel.held === null
    channel.retired = false
    if (channel.resources === text && !gone) return
    channel.resources = text
    channel.version = ++this.#version
    channel.body = `{"version_info":"${channel.version}","resources":${text}}`
    if (channel.held) this.#serve(channel, channel.held)
  }

  /** Nothing more is said of it. A listener that is drained still asks for it, and a new one may take that subscription over. */
  retire(subscription: Subscription): void {
    this.#channel(subscription).retired = true
  }

  /** Takes back what Envoy has not acknowledged: it goes on with what it had before. */
  withdraw(): void {
    for (const channel of this.#channels.values()) {
      if (channel.acknowledged === channel.version) continue
      channel.version = channel.acknowledged
      channel.resources = channel.accepted
    }
  }

  /**
   * Resolves when Envoy has taken all that was put.
   * @param patienceMs in which Envoy may ask for nothing: on a busy machine it takes long for many resources, and goes on with them one by one
   * @param check throws when there is nobody left to wait for
   * @throws Refused
   * @throws Error when it has not, and asks for nothing any more
   */
  async acknowledged(patienceMs: number, check: () => void): Promise<void> {
    const startMs = performance.now()
    for (;;) {
      check()
      const open = [...this.#channels.values()].filter(({ version, acknowledged, retired }) => version !== 0 && !retired && acknowledged !== version)
      const refused = open.find((channel) => channel.refused === channel.version)
      if (refused) throw new Refused(refused.subscription)
      if (open.length === 0) return
      const left = Math.max(startMs, this.#heardMs) + patienceMs - performance.now()
      if (left <= 0) throw new Error(`Envoy has not acknowledged ${open.map(({ subscription }) => keyOf(subscription)).join(', ')}`)
      await this.#change(left)
    }
  }

  /** Ends every wait, to be looked at again: Envoy may have died. */
  wake(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #poll(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { version, name } = askedFor(await readBytes(request))
      this.#take(this.#channel({ kind: request.url!.slice(request.url!.lastIndexOf(':') + 1) as ResourceKind, name }), version, response)
    } catch {
      response.writeHead(400).end()
    }
  }

  /**
   * A poll that is not the one after an answer is a new subscription's: it has nothing yet, and has refused nothing. One that seems to refuse may be a new
   * subscription's, too, when the one that was answered has ended with its listener: the version is served once more, and counts as refused the second time.
   */
  #take(channel: Channel, version: number, response: ServerResponse): void {
    this.#heardMs = performance.now()
    if (channel.undecided && version !== channel.served) {
      if (channel.doubted === channel.served) channel.refused = channel.served
      channel.doubted = channel.served
    }
    channel.undecided = false
    channel.acknowledged = version
    channel.held = null
    if (version === channel.version) channel.accepted = channel.resources
    // A version that was refused would be refused again.
    if (version === channel.version || channel.refused === channel.version) this.#hold(channel, response)
    else this.#serve(channel, response)
    this.wake()
  }

  #hold(channel: Channel, response: ServerResponse): void {
    channel.held = response
    response.once('close', () => {
      if (channel.held === response) channel.held = null
    })
  }

  #serve(channel: Channel, response: ServerResponse): void {
    if (channel.version === 0) return this.#hold(channel, response)
    channel.held = null
    channel.served = channel.version
    channel.undecided = true
    response.writeHead(200, { 'content-type': 'application/json' }).end(channel.body)
  }

  #channel(subscription: Subscription): Channel {
    const key = keyOf(subscription)
    const known = this.#channels.get(key)
    if (known) return known
    const made = {
      subscription,
      version: 0,
      body: '',
      resources: '',
      accepted: '',
      served: 0,
      acknowledged: 0,
      refused: -1,
      doubted: -1,
      undecided: false,
      retired: false,
      held: null,
    }
    this.#channels.set(key, made)
    return made
  }

  #change(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#watchers.delete(done)
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(done, ms)
      this.#watchers.add(done)
    })
  }
}

function keyOf({ kind, name }: Subscription): string {
  return name === '' ? kind : `${kind} ${name}`
}

/**
 * The version that a poll has and the one name that it asks for (`''`: all). Between the two stands what Envoy is made of, 77 kB of it in every poll, which
 * nobody needs to read.
 */
function askedFor(poll: Buffer): { readonly version: number; readonly name: string } {
  const [, version = ''] = /^"version_info":\s*"(\d*)"/.exec(fieldAt(poll, poll.indexOf('"version_info":'))) ?? []
  const [, name = '""'] = /^"resource_names":\s*\[\s*("(?:[^"\\]|\\.)*")/.exec(fieldAt(poll, poll.lastIndexOf('"resource_names":'))) ?? []
  return { version: Number(version), name: JSON.parse(name) as string }
}

/** Bytes; a name is that of a cluster, of a route table or of a secret. */
const longestField = 2000

function fieldAt(poll: Buffer, at: number): string {
  return at < 0 ? '' : poll.toString('utf8', at, at + longestField)
}
