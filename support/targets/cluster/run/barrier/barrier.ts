import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { NotSupported, NotYetProgrammed } from '../../../target.ts'
import { named } from '../../kube/objects.ts'
import type { KubeObjects } from '../../kube/objects.ts'
import { labelled } from '../../pods/deployments.ts'
import type { Ledger } from '../restore/ledger.ts'
import { barrierRoute } from '../gateways/managed-gateways.ts'
import type { ManagedGateway } from '../gateways/managed-gateways.ts'
import { stillWarming } from '../gateways/probed-proxy.ts'
import type { ProbedProxy } from '../gateways/probed-proxy.ts'
import { refOfObject } from '../restore/restore.ts'
import { barrierAt } from './routers.ts'
import type { Router } from './routers.ts'
import { Turns } from './turns.ts'

/** Where a change has to arrive. */
export interface Reach {
  /** Whose sidecars are asked. */
  readonly namespaces: readonly string[]
  /** Of the ingress gateway. */
  readonly ports: readonly number[]
  /** Of the ingress gateway, those where it ends TLS or passes it on; `null` where the run cannot give it a certificate. */
  readonly secured: { readonly ports: readonly number[]; readonly credential: string } | null
  /** Of the Gateway API. */
  readonly gateways: readonly ManagedGateway[]
  /** That the scenario has deployed itself. */
  readonly routers: readonly Router[]
}

export interface BarrierOptions {
  readonly objects: KubeObjects
  readonly ledger: Ledger
  readonly run: string
  /** `istio` label of the ingress gateway's pods. */
  readonly ingressLabel: string
  /** @throws MeshSpecError when there is no use in waiting */
  readonly assertHope: () => Promise<void>
}

interface Wait {
  /** Of `performance.now`. */
  readonly deadline: number
  readonly turns: Turns
  /** Which of the proxies it is, from 0. */
  readonly index: number
  /** Is told each answer. */
  readonly isIn: (seen: string | null) => boolean
}

/** The same answer so often in a row, each over a connection of its own: a proxy's threads take up config one after another. */
const wantedInARow = 2

const name = 'meshspec-barrier'

/**
 * Proves that proxies have taken config up. After a change the run changes an object of its own as well, a route that answers with a number by itself; istiod
 * pushes what it knows at a time to each proxy in order, so that a proxy which answers with the new number has what was written before it, too. The
 * routes under test stay as they are, and the services behind them receive nothing of it.
 */
export class Barrier {
  readonly #options: BarrierOptions
  readonly #host: string
  #generation = 0
  readonly #written = new Set<string>()
  readonly #atGateway = new Map<string, KubeObject>()

  constructor(options: BarrierOptions) {
    this.#options = options
    this.#host = `barrier-${options.run}.meshspec.internal`
  }

  /** Hosts that a Sidecar has to let its pods know. */
  get host(): string {
    return this.#host
  }

  /**
   * Of rounds before the last it is enough that one proxy has them: the control plane has pushed meanwhile, so that what it has been told on other ways before the
   * round began is part of the next push, which every proxy has to have.
   * @throws NotYetProgrammed with what was seen
   */
  async pass(reach: Reach, proxies: readonly ProbedProxy[], rounds: number, patienceMs: number): Promise<void> {
    const deadline = performance.now() + patienceMs
    for (let round = 1; round <= rounds; round++) {
      const generation = String(++this.#generation)
      await this.#writeAll(reach, generation)
      const isLast = round === rounds
      const late = isLast ? await this.#allHave(proxies, generation, deadline) : await this.#oneHas(proxies, generation, deadline)
      if (late.length > 0) throw new NotYetProgrammed(`not yet programmed after ${Math.round(patienceMs / 1000)} s: ${late.join('; ')}`)
    }
  }

  async #writeAll({ namespaces, ports, secured, gateways, routers }: Reach, generation: string): Promise<void> {
    const objects = [
      ...this.#objectsFor(namespaces, { ports, secured }, generation),
      ...routers.flatMap((router) => barrierAt(router, this.#host, generation)),
    ]
    await Promise.all([...objects.map((object) => this.#write(object)), ...gateways.map((gateway) => this.#writeRoute(gateway, generation))])
  }

  /** @returns what was seen of those that have not */
  async #allHave(proxies: readonly ProbedProxy[], generation: string, deadline: number): Promise<readonly string[]> {
    const isIn = inARow(wantedInARow, (seen) => seen === generation)
    const turns = new Turns(proxies.length)
    const late = await Promise.all(proxies.map((proxy, index) => this.#until(proxy, generation, { deadline, turns, index, isIn: isIn() })))
    return late.filter((one) => one !== null)
  }

  /** One that still warms has been told. @returns what was seen of each, where none has */
  async #oneHas(proxies: readonly ProbedProxy[], generation: string, deadline: number): Promise<readonly string[]> {
    let isIn = false
    const look = (seen: string | null): boolean => (isIn ||= seen === generation || seen === stillWarming)
    const turns = new Turns(proxies.length)
    const waits = proxies.map((proxy, index) => this.#until(proxy, generation, { deadline, turns, index, isIn: look }))
    const first = waits.map(async (wait) => ((await wait) === null ? [] : new Promise<never>(() => {})))
    return Promise.race([...first, Promise.all(waits).then((seen) => seen.filter((one) => one !== null))])
  }

  /** @returns what was seen instead; `null` when the proxy has it */
  async #until(proxy: ProbedProxy, generation: string, { deadline, turns, index, isIn }: Wait): Promise<string | null> {
    await turns.first(index)
    for (;;) {
      const seen = await proxy.ask(this.#host, generation).catch(nothing)
      if (seen === generation || seen === stillWarming) turns.hasArrived()
      if (isIn(seen)) return null
      if (performance.now() > deadline) return `${proxy.name} ${describe(seen, generation)}`
      if (seen === generation) continue
      await this.#options.assertHope()
      await turns.next()
    }
  }

  #objectsFor(namespaces: readonly string[], { ports, secured }: Pick<Reach, 'ports' | 'secured'>, generation: string): readonly KubeObject[] {
    const http = [{ directResponse: { status: 200, body: { string: generation } } }]
    const inMesh = namespaces.flatMap((namespace) => [
      istio('ServiceEntry', namespace, {
        hosts: [this.#host],
        ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
        resolution: 'NONE',
        exportTo: ['.'],
      }),
      istio('VirtualService', namespace, { hosts: [this.#host], exportTo: ['.'], http }),
    ])
    const [first] = namespaces
    if (ports.length === 0 || first === undefined) return inMesh
    const servers = [...ports.map((number) => this.#plainServer(number)), ...this.#securedServers(secured, generation)]
    const route = istio('VirtualService', first, { hosts: [this.#host], gateways: [name], http })
    const own = [
      istio('Gateway', first, { selector: { istio: this.#options.ingressLabel }, servers }),
      { ...route, metadata: { name: `${name}-gateway`, namespace: first } },
    ]
    for (const object of own) this.#atGateway.set(`${object.kind} ${first}`, object)
    return [...inMesh, ...own]
  }

  #plainServer(number: number): object {
    return { port: { number, name: `${name}-${number}`, protocol: 'HTTP' }, hosts: [this.#host] }
  }

  /** Its routes and its listener come apart, and a listener with new certificates only when it has them: the name by which a handshake succeeds tells the generation. */
  #securedServers(secured: Reach['secured'], generation: string): readonly object[] {
    if (secured === null) return []
    const tls = { mode: 'SIMPLE', credentialName: secured.credential }
    return secured.ports.map((number) => ({
      port: { number, name: `${name}-${number}`, protocol: 'HTTPS' },
      tls,
      hosts: [securedHost(this.#host, generation)],
    }))
  }

  /** A Gateway has one such route: where another namespace than before may have it, that of before would count as attached, too. */
  async #writeRoute(gateway: ManagedGateway, generation: string): Promise<void> {
    const route = barrierRoute(gateway, generation)
    const key = named(refOfObject(gateway.object))
    const before = this.#atGateway.get(key)
    this.#atGateway.set(key, route)
    if (before && before.metadata.namespace !== route.metadata.namespace) await this.#options.objects.delete(refOfObject(before))
    await this.#write(route)
  }

  /** What does not change with the generation is written once. */
  async #write(object: KubeObject): Promise<void> {
    const text = JSON.stringify(object)
    if (this.#written.has(text)) return
    if (object.kind !== 'VirtualService' && object.kind !== 'HTTPRoute') this.#written.add(text)
    this.#options.ledger.touch({ ref: refOfObject(object), before: null })
    await this.#options.objects.apply(labelled(object, this.#options.run))
  }

  /** The gateway is not to answer on ports that no config of the next scenario names. */
  async leaveGateway(): Promise<void> {
    await Promise.all([...this.#atGateway.values()].map((object) => this.#options.objects.delete(refOfObject(object))))
    this.#atGateway.clear()
    for (const text of this.#written) if (text.includes('"kind":"Gateway"')) this.#written.delete(text)
  }
}

/** @returns makes what is told answers until so many that are right have come one after another */
function inARow(wanted: number, isRight: (seen: string | null) => boolean): () => Wait['isIn'] {
  return () => {
    let count = 0
    return (seen) => {
      count = isRight(seen) ? count + 1 : 0
      return count === wanted
    }
  }
}

export function securedHost(host: string, generation: string): string {
  return `generation-${generation}.${host}`
}

function istio(kind: string, namespace: string, spec: object): KubeObject {
  return { apiVersion: 'networking.istio.io/v1', kind, metadata: { name, namespace }, spec }
}

/** A question that finds nobody is asked again; one that nobody may ask is not. */
function nothing(error: unknown): null {
  if (error instanceof NotSupported) throw error
  return null
}

function describe(seen: string | null, wanted: string): string {
  if (seen === stillWarming)
    return `has change ${wanted}, of which some cluster or listener still waits for endpoints, routes or secrets, or connections are still served by an old one`
  return seen !== null && /^\d+$/.test(seen)
    ? `still has the config of change ${seen}; the latest is ${wanted}`
    : `does not tell which config it has${seen === null ? '' : ` (it answers ${JSON.stringify(seen.slice(0, 80))})`}`
}
