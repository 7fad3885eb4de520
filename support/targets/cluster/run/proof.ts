import { setTimeout as sleep } from 'node:timers/promises'
import type { ObjectStatus } from '../../../../mesh-core/compile/gateway-api/object-status.ts'
import { emptyStatus } from '../../../../mesh-core/compile/gateway-api/object-status.ts'
import type { KubeObject, Resource } from '../../../../mesh-core/config/resource.ts'
import { refOf } from '../../../../mesh-core/config/resource.ts'
import { NotYetProgrammed } from '../../target.ts'
import { GatewayClient } from '../gateway-client.ts'
import { named } from '../kube/objects.ts'
import type { Pod } from '../pods/pod.ts'
import type { ProbedProxy } from './barrier.ts'
import type { ClusterRun } from './cluster-run.ts'
import { managedGateways, probedGateway } from './managed-gateways.ts'
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

/** Proves that the mesh has taken up what a scenario has changed: by the status of objects that have one, and by what proxies answer. */
export class Proof {
  readonly #run: ClusterRun
  readonly #config: ScenarioObjects
  #statuses = new Map<string, KubeObject>()
  /** Ports of the ingress gateway that config of the scenario has used, and perhaps uses no more. */
  readonly #ports = new Set<number>()
  #asksGateway = false

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
    const proxies = [...(await this.#sidecars(pods)), ...(await this.#gateways(ports)), ...managed.filter((one) => one !== null)]
    const reach = { namespaces, ports, gateways: gateways.filter((_, i) => managed[i] !== null) }
    await this.#run.barrier.pass(reach, proxies, rounds, Math.max(0, deadline - performance.now()))
    this.#run.leftAtGateway.clear()
    await this.#readStatuses()
  }

  /** The gateway forgets the barrier with the scenario. */
  async leave(): Promise<void> {
    for (const port of this.#ports) this.#run.leftAtGateway.add(port)
    if (this.#asksGateway) await this.#run.barrier.leaveGateway()
  }

  /** A Sidecar that hides every other host from its pods would hide the barrier. */
  visibleTo(sidecar: KubeObject): KubeObject {
    const egress = (sidecar['spec']?.egress ?? []) as readonly { readonly hosts?: readonly string[]; readonly port?: unknown }[]
    if (egress.length === 0 || egress.some(({ hosts, port }) => !port && hosts?.some((host) => /^(?:\.|\*|~)\/\*$/.test(host)))) return sidecar
    const seen = egress.findIndex(({ port }) => !port)
    const withBarrier = egress.map((one, i) => (i === seen ? { ...one, hosts: [...(one.hosts ?? []), `./${this.#run.barrier.host}`] } : one))
    return { ...sidecar, spec: { ...sidecar['spec'], egress: withBarrier } }
  }

  /** As controllers had written them when the config was last proven to be in force. */
  statuses(resources: readonly Resource[]): readonly ObjectStatus[] {
    return resources.flatMap((resource) => {
      const { namespaces } = this.#run
      const found = this.#statuses.get(named({ ...refOf(resource), namespace: namespaces.real(resource.namespace) }))
      return found ? [{ ...emptyStatus, ...(found['status'] as object), resource } as ObjectStatus] : []
    })
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

  /** Ports of the ingress gateway that config of the scenario uses, as far as they can be asked over HTTP. */
  async #gatewayPorts(): Promise<readonly number[]> {
    const gateways = this.#config.applied.filter(({ kind, apiVersion }) => kind === 'Gateway' && apiVersion.startsWith('networking.istio.io/'))
    const isUsed = gateways.length > 0 || this.#config.applied.some(({ kind, ...rest }) => kind === 'VirtualService' && isForGateway(rest['spec']))
    if (!isUsed) return []
    const { ports } = await this.#run.ingress()
    const servers = gateways.flatMap(
      ({ spec }) => (spec.servers ?? []) as readonly { readonly port: { readonly number: number; readonly protocol: string } }[],
    )
    const numbers = servers.filter(({ port }) => /^(?:HTTP|HTTP2|GRPC)$/i.test(port.protocol)).map(({ port }) => port.number)
    return [...new Set(numbers.length > 0 ? numbers : [80])].filter((number) => ports.has(number))
  }

  /** Controllers of the Gateway API say themselves which generation of an object they have seen. */
  async #statusesUntil(deadline: number): Promise<void> {
    for (;;) {
      await this.#readStatuses()
      const late = [...this.#statuses.values()].filter((object) => !isObserved(object))
      if (late.length === 0) return
      if (performance.now() > deadline)
        throw new NotYetProgrammed(
          `not yet programmed after ${this.#run.patienceMs / 1000} s: no controller has told the status of ${late.map((object) => named(refOfObject(object))).join(', ')}`,
        )
      await sleep(100)
    }
  }

  async #readStatuses(): Promise<void> {
    const own = this.#config.applied.filter(({ apiVersion, kind }) => apiVersion.startsWith(`${gatewayApi}/`) && kind !== 'ReferenceGrant')
    const read = await Promise.all(own.map((object) => this.#run.objects.read(refOfObject(object))))
    this.#statuses = new Map(read.flatMap((object) => (object ? [[named(refOfObject(object)), object] as const] : [])))
  }
}

function isForGateway(spec: { readonly gateways?: readonly string[] } | undefined): boolean {
  return (spec?.gateways ?? []).some((gateway) => gateway !== 'mesh')
}

function isObserved(object: KubeObject): boolean {
  const { generation } = object.metadata as { readonly generation?: number }
  const status = (object['status'] ?? {}) as {
    readonly conditions?: readonly Condition[]
    readonly parents?: readonly { readonly conditions?: readonly Condition[] }[]
  }
  const conditions = [...(status.conditions ?? []), ...(status.parents ?? []).flatMap((parent) => parent.conditions ?? [])]
  const own = conditions.filter(({ observedGeneration }) => observedGeneration === generation)
  if (own.length === 0) return false
  // A Gateway's own pods have to come; one that is not accepted gets none.
  if (object.kind !== 'Gateway') return true
  const isTrue = (type: string): boolean => own.some((condition) => condition.type === type && condition.status === 'True')
  return isTrue('Programmed') || !isTrue('Accepted')
}
