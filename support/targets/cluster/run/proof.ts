import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import type { ObjectStatus } from '../../../../mesh-core/compile/gateway-api/object-status.ts'
import { emptyStatus } from '../../../../mesh-core/compile/gateway-api/object-status.ts'
import type { KubeObject, Resource } from '../../../../mesh-core/config/resource.ts'
import { refOf } from '../../../../mesh-core/config/resource.ts'
import { NotSupported, NotYetProgrammed } from '../../target.ts'
import { GatewayClient } from '../gateway-client.ts'
import { named } from '../kube/objects.ts'
import type { Pod } from '../pods/pod.ts'
import { securedHost } from './barrier.ts'
import type { ProbedProxy, Reach } from './barrier.ts'
import type { ClusterRun } from './cluster-run.ts'
import { isOpen, managedGateways, openPorts, probedGateway } from './managed-gateways.ts'
import { refOfObject } from './restore.ts'
import type { ScenarioObjects } from './scenario-objects.ts'

interface Condition {
  readonly type: string
  readonly status: string
  readonly observedGeneration?: number
}

const gatewayApi = 'gateway.networking.k8s.io'

/** ms */
const probeMs = 3000
/** ms for proxies that cannot be asked, once the others have the config. */
const blindMs = 500

/** Proves that the mesh has taken up what a scenario has changed: by the status of objects that have one, and by what proxies answer. */
export class Proof {
  readonly #run: ClusterRun
  readonly #config: ScenarioObjects
  #statuses = new Map<string, KubeObject>()
  /** Ports of the ingress gateway that config of the scenario has used, and perhaps uses no more. */
  readonly #ports = new Set<number>()
  #asksGateway = false
  /** Listeners of Gateways to which the barrier has attached a route of its own, by Gateway. */
  readonly #withBarrier = new Map<string, string>()

  constructor(run: ClusterRun, config: ScenarioObjects) {
    this.#run = run
    this.#config = config
  }

  /** @throws NotYetProgrammed with what was seen */
  async pass(namespaces: readonly string[], pods: readonly Pod[], rounds: number): Promise<void> {
    const deadline = performance.now() + this.#run.patienceMs
    await this.#statusesUntil(deadline)
    for (const port of await this.#gatewayPorts()) this.#ports.add(port)
    // What the scenario before has left there is to be gone.
    const ports = [...new Set([...this.#ports, ...this.#run.leftAtGateway])]
    this.#asksGateway ||= ports.length > 0
    const gateways = managedGateways([...this.#config.applied].filter((object) => this.#isProgrammed(object)))
    this.#asksGateway ||= gateways.length > 0
    const managed = await Promise.all(gateways.map((gateway) => probedGateway(this.#run.objects, gateway)))
    await this.#opened(deadline)
    const secured = await this.#secured()
    const atIngress = [...(await this.#gateways(ports)), ...(await this.#securedPorts(secured?.ports ?? []))]
    const proxies = [...(await this.#sidecars(pods)), ...atIngress, ...managed.filter((one) => one !== null)]
    const reach = { namespaces, ports, secured, gateways: gateways.filter((_, i) => managed[i] !== null) }
    await this.#run.barrier.pass(reach, proxies, rounds, Math.max(0, deadline - performance.now()))
    this.#run.leftAtGateway.clear()
    for (const { object, listener } of reach.gateways) this.#withBarrier.set(named(refOfObject(object)), listener.name)
    await this.#settledStatuses()
  }

  /** The gateway forgets the barrier with the scenario. */
  async leave(): Promise<void> {
    for (const port of this.#ports) this.#run.leftAtGateway.add(port)
    if (this.#asksGateway) await this.#run.barrier.leaveGateway()
  }

  /** As controllers had written them when the config was last proven to be in force. */
  statuses(resources: readonly Resource[]): readonly ObjectStatus[] {
    return resources.flatMap((resource) => {
      const { namespaces } = this.#run
      const found = this.#statuses.get(named({ ...refOf(resource), namespace: namespaces.real(resource.namespace) }))
      return found ? [{ ...emptyStatus, ...this.#withoutBarrier(found), resource } as ObjectStatus] : []
    })
  }

  /** What its route adds to a listener's count is not the scenario's. */
  #withoutBarrier(object: KubeObject): object {
    const own = this.#withBarrier.get(named(refOfObject(object)))
    const { listeners, ...status } = object['status'] as {
      readonly listeners?: readonly { readonly name: string; readonly attachedRoutes: number }[]
    }
    if (own === undefined || !listeners) return object['status'] as object
    const count = (one: (typeof listeners)[number]): object => (one.name === own ? { ...one, attachedRoutes: one.attachedRoutes - 1 } : one)
    return { ...status, listeners: listeners.map(count) }
  }

  /** One that is not has no pods that could be asked. */
  #isProgrammed(object: KubeObject): boolean {
    const read = this.#statuses.get(named(refOfObject(object)))
    const conditions = (read?.['status']?.conditions ?? []) as readonly Condition[]
    return conditions.some(({ type, status }) => type === 'Programmed' && status === 'True')
  }

  async #sidecars(pods: readonly Pod[]): Promise<readonly ProbedProxy[]> {
    if (this.#run.isDenied('in-mesh-calls')) return []
    const asked = pods.filter(({ sidecar, ready, readyContainers }) => sidecar && (ready || readyContainers > 0))
    return Promise.all(
      asked.map(async (pod): Promise<ProbedProxy> => {
        const agent = await this.#run.agents.of(pod)
        const name = `the sidecar of pod ${pod.name}.${this.#run.namespaces.scenario(pod.namespace)}`
        const call = {
          host: '192.0.2.1',
          port: 80,
          secure: false,
          tcp: false,
          method: 'GET',
          path: '/',
          body: '',
          timeoutMs: probeMs,
          elsewhere: false,
        }
        return { name, ask: async (host) => (await agent.call({ ...call, headers: ['host', host] })).body ?? null }
      }),
    )
  }

  async #gateways(ports: readonly number[]): Promise<readonly ProbedProxy[]> {
    if (ports.length === 0) return []
    const { host, ports: reached } = await this.#run.ingress()
    return ports.map((port) => {
      const client = new GatewayClient(`http://${host}:${reached.get(port)}`)
      const ask = async (barrier: string): Promise<string | null> =>
        (await client.send({ from: { kind: 'client' }, method: 'GET', target: `http://${barrier}/`, headers: {}, body: '' })).response?.body ?? null
      return { name: `the ingress gateway at ${host}:${reached.get(port)}`, ask }
    })
  }

  /** The run's own stands in for the one of the cluster. */
  #ingressLabels(): readonly string[] {
    return [...(this.#run.ownIngress ? [this.#run.ownIngress.label] : []), 'ingressgateway']
  }

  /** Ports of the run's own ingress gateway that TLS comes to. */
  async #secured(): Promise<Reach['secured']> {
    const { ownIngress } = this.#run
    const servers = serversOf(this.#config.applied, this.#ingressLabels()).filter(({ port }) => /^(?:HTTPS|TLS)$/i.test(port.protocol))
    if (!ownIngress || servers.length === 0) return null
    await this.#run.ingress(servers.map(({ port }) => port.number))
    return { ports: [...new Set(servers.map(({ port }) => port.number))], credential: await ownIngress.credential(this.#run.barrier.host) }
  }

  async #securedPorts(ports: readonly number[]): Promise<readonly ProbedProxy[]> {
    if (ports.length === 0) return []
    const { host, ports: reached } = await this.#run.ingress(ports)
    return ports.map((port) => ({
      name: `the ingress gateway at ${host}:${reached.get(port)}`,
      ask: async (barrier, wanted) => ((await isServed(host, reached.get(port)!, securedHost(barrier, wanted))) ? wanted : null),
    }))
  }

  /** Ports of the ingress gateway that config of the scenario uses, as far as they can be asked over HTTP. */
  async #gatewayPorts(): Promise<readonly number[]> {
    const gateways = this.#config.applied.filter(({ kind, apiVersion }) => kind === 'Gateway' && apiVersion.startsWith('networking.istio.io/'))
    const isUsed = gateways.length > 0 || this.#config.applied.some(({ kind, ...rest }) => kind === 'VirtualService' && isForGateway(rest['spec']))
    if (!isUsed) return []
    const servers = serversOf(gateways, this.#ingressLabels())
    const { ports } = await this.#run.ingress(servers.map(({ port }) => port.number))
    const numbers = servers.filter(({ port }) => /^(?:HTTP|HTTP2|GRPC)$/i.test(port.protocol)).map(({ port }) => port.number)
    return [...new Set(numbers.length > 0 ? numbers : [80])].filter((number) => ports.has(number))
  }

  /**
   * Listeners without HTTP cannot tell which config they have: that their ports are open, and what the status says, is all there is to see.
   * @throws NotYetProgrammed
   */
  async #opened(deadline: number): Promise<void> {
    const ports = await openPorts(
      this.#run.objects,
      this.#config.applied.filter((object) => this.#isProgrammed(object)),
    )
    for (const { name, host, port } of ports)
      while (!(await isOpen(host, port))) {
        if (performance.now() > deadline)
          throw new NotYetProgrammed(
            `not yet programmed after ${this.#run.patienceMs / 1000} s: nobody listens on port ${port} of the Gateway ${name}`,
          )
        await sleep(100)
      }
    if (ports.length > 0) await sleep(blindMs)
  }

  /** Controllers of the Gateway API say themselves which generation of an object they have seen. */
  async #statusesUntil(deadline: number): Promise<void> {
    for (;;) {
      await this.#readStatuses()
      const late = [...this.#statuses.values()].filter((object) => !isObserved(object))
      if (late.length === 0) return
      this.#assertHandled(late, performance.now() > deadline)
      if (performance.now() > deadline)
        throw new NotYetProgrammed(
          `not yet programmed after ${this.#run.patienceMs / 1000} s: no controller has told the status of ${late.map((object) => named(refOfObject(object))).join(', ')}`,
        )
      await sleep(100)
    }
  }

  /**
   * A kind of which no object has ever got a status, while others did, is one that no controller here looks at.
   * @param isOver whether they have had their time
   * @throws NotSupported
   */
  #assertHandled(late: readonly KubeObject[], isOver: boolean): void {
    const { unhandledKinds } = this.#run
    for (const object of this.#statuses.values()) if (isObserved(object)) this.#run.handledKinds.add(object.kind)
    const silent = late.filter(({ kind, ...rest }) => !this.#run.handledKinds.has(kind) && (rest as KubeObject)['status'] === undefined)
    if (isOver && silent.length === late.length && this.#run.handledKinds.size > 0) for (const { kind } of silent) unhandledKinds.add(kind)
    const unhandled = silent.find(({ kind }) => unhandledKinds.has(kind))
    if (unhandled)
      throw new NotSupported(
        'config',
        `no controller of this cluster looks at ${unhandled.kind}: within ${this.#run.patienceMs / 1000} s none had told its status`,
      )
  }

  /** Controllers write the status of a Gateway apart from those of its routes: what is read is what stays. */
  async #settledStatuses(): Promise<void> {
    await this.#readStatuses()
    for (let left = statusReadings; left > 0 && this.#withBarrier.size > 0; left--) {
      const before = textOf(this.#statuses)
      await sleep(statusPauseMs)
      await this.#readStatuses()
      if (textOf(this.#statuses) === before) return
    }
  }

  async #readStatuses(): Promise<void> {
    const own = this.#config.applied.filter(({ apiVersion, kind }) => apiVersion.startsWith(`${gatewayApi}/`) && kind !== 'ReferenceGrant')
    const read = await Promise.all(own.map((object) => this.#run.objects.read(refOfObject(object))))
    this.#statuses = new Map(read.flatMap((object) => (object ? [[named(refOfObject(object)), object] as const] : [])))
  }
}

/** ms between two readings, and how many there are at most. */
const statusPauseMs = 200
const statusReadings = 20

function textOf(statuses: ReadonlyMap<string, KubeObject>): string {
  return JSON.stringify([...statuses].map(([name, object]) => [name, object['status']]))
}

interface Server {
  readonly port: { readonly number: number; readonly protocol: string }
}

/** Of Gateways of Istio's API. */
/** Those of Gateways that may be the ingress gateway's: an egress gateway has ports of its own. @param labels by which the ingress gateway is selected */
export function serversOf(objects: readonly KubeObject[], labels: readonly string[]): readonly Server[] {
  const gateways = objects.filter(({ kind, apiVersion }) => kind === 'Gateway' && apiVersion.startsWith('networking.istio.io/'))
  const isIngress = ({ spec }: KubeObject): boolean => labels.includes(spec.selector?.istio ?? labels[0])
  return gateways.filter(isIngress).flatMap(({ spec }) => (spec.servers ?? []) as readonly Server[])
}

/** Does a handshake for the name succeed? Whose certificate it shows is not what is asked. */
function isServed(host: string, port: number, servername: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTls({ host, port, servername, rejectUnauthorized: false, timeout: probeMs })
    const end = (served: boolean): void => {
      socket.destroy()
      resolve(served)
    }
    socket
      .once('secureConnect', () => end(true))
      .once('error', () => end(false))
      .once('close', () => end(false))
      .once('timeout', () => end(false))
  })
}

function isForGateway(spec: { readonly gateways?: readonly string[] } | undefined): boolean {
  return (spec?.gateways ?? []).some((gateway) => gateway !== 'mesh')
}

function isObserved(object: KubeObject): boolean {
  const { generation } = object.metadata as { readonly generation?: number }
  const status = (object['status'] ?? {}) as {
    readonly conditions?: readonly Condition[]
    readonly parents?: readonly { readonly conditions?: readonly Condition[] }[]
    readonly ancestors?: readonly { readonly conditions?: readonly Condition[] }[]
  }
  const related = [...(status.parents ?? []), ...(status.ancestors ?? [])]
  const conditions = [...(status.conditions ?? []), ...related.flatMap((one) => one.conditions ?? [])]
  const own = conditions.filter(({ observedGeneration }) => observedGeneration === generation)
  if (own.length === 0) return false
  // A Gateway's own pods have to come; one that is not accepted gets none.
  if (object.kind !== 'Gateway') return true
  const isTrue = (type: string): boolean => own.some((condition) => condition.type === type && condition.status === 'True')
  return isTrue('Programmed') || !isTrue('Accepted')
}
