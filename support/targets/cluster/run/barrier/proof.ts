import { setTimeout as sleep } from 'node:timers/promises'
import type { ObjectStatus } from '../../../../../mesh-core/compile/gateway-api/object-status.ts'
import type { Resource } from '../../../../../mesh-core/config/resource.ts'
import { NotSupported, NotYetProgrammed } from '../../../target.ts'
import type { Pod } from '../../pods/pod.ts'
import { proxyAdmin } from '../../pods/proxy-admin.ts'
import type { ProbedProxy } from '../gateways/probed-proxy.ts'
import type { ClusterRun } from '../cluster-run.ts'
import { areWarming, guardedGeneration } from '../gateways/guarded-gateway.ts'
import { ingressPods, ownIngressPods } from '../gateways/ingress-pods.ts'
import { IngressPorts } from '../gateways/ingress-ports.ts'
import { isOpen, managedGateways, openPorts, probedGateway, selectNamespaces } from '../gateways/managed-gateways.ts'
import type { ManagedGateway, NamespaceLabels } from '../gateways/managed-gateways.ts'
import { podsOfGateway } from '../gateways/gateway-pods.ts'
import { probedRouter, routerPods, routersOf } from './routers.ts'
import { isNameOutside } from '../outside/outside.ts'
import { awaitResolved, lookedUp } from '../outside/resolved-names.ts'
import type { ScenarioObjects } from '../scenario-objects.ts'
import { clustersOf, isAsked, probedSidecar } from './sidecars.ts'
import { StatusProof } from './status-proof.ts'

function nothing(error: unknown): string {
  if (error instanceof NotSupported) return ''
  throw error
}

/** ms for proxies that cannot be asked, once the others have the config. */
const blindMs = 500

/** ms that proxies have at least, when controllers have taken all the time to tell a status. */
const leastMs = 5000

export interface Thoroughness {
  /** Of the barrier: what is not of routes alone reaches a proxy in several pushes. */
  readonly rounds: number
  /** Do the pod's connections that are open have to be served by the new config as well? */
  readonly isDrained: (pod: Pod) => boolean
}

/** Proves that the mesh has taken up what a scenario has changed: by the status of objects that have one, and by what proxies answer. */
export class Proof {
  readonly #run: ClusterRun
  readonly #config: ScenarioObjects
  readonly #statuses: StatusProof
  readonly #ingress: IngressPorts
  /** Ports of the ingress gateway that config of the scenario has used, and perhaps uses no more. */
  readonly #ports = new Set<number>()
  #asksGateway = false

  constructor(run: ClusterRun, config: ScenarioObjects) {
    this.#run = run
    this.#config = config
    this.#statuses = new StatusProof(run, config)
    this.#ingress = new IngressPorts(run, config)
  }

  /** @throws NotYetProgrammed with what was seen; NotSupported */
  async pass(namespaces: readonly string[], pods: readonly Pod[], { rounds, isDrained }: Thoroughness): Promise<void> {
    const deadline = performance.now() + this.#run.patienceMs
    await this.#statuses.until(deadline)
    await this.#ingress.mount()
    for (const port of await this.#ingress.plain()) this.#ports.add(port)
    // What the scenario before has left there is to be gone.
    const ports = [...new Set([...this.#ports, ...this.#run.leftAtGateway])]
    this.#asksGateway ||= ports.length > 0
    const gateways = managedGateways(this.#statuses.programmed, await this.#labelsOf(namespaces))
    this.#asksGateway ||= gateways.length > 0
    const managedPods = await this.#served(deadline)
    const managed = await Promise.all(gateways.map((gateway) => this.#managed(gateway)))
    await this.#opened(gateways, deadline)
    const secured = await this.#ingress.secured()
    const told = this.#told(() => ingressPods(this.#run))
    const atIngress = [...(await this.#ingress.proxies(ports, told)), ...(await this.#ingress.securedProxies(secured?.ports ?? []))]
    const routers = await this.#routers(pods)
    const proxies = [...(await this.#sidecars(pods, isDrained)), ...routers, ...atIngress, ...managed.filter((one) => one !== null)]
    const reach = { namespaces, ports, secured, gateways: gateways.filter((_, i) => managed[i] !== null), routers: routersOf(pods) }
    await this.#run.barrier.pass(reach, proxies, rounds, Math.max(leastMs, deadline - performance.now()))
    const gatewayPods = [...(atIngress.length > 0 ? await ownIngressPods(this.#run) : []), ...routerPods(pods), ...managedPods]
    await this.#run.gatewayEndpoints.await(this.#run, gatewayPods, pods, Math.max(deadline, performance.now() + leastMs))
    await this.#resolved(gatewayPods, pods, Math.max(deadline, performance.now() + leastMs))
    this.#run.leftAtGateway.clear()
    for (const { object, listener } of reach.gateways) this.#statuses.attached(object, listener.name)
    await this.#statuses.settled()
  }

  /** The gateway forgets the barrier with the scenario. */
  async leave(): Promise<void> {
    for (const port of this.#ports) this.#run.leftAtGateway.add(port)
    if (this.#asksGateway) await this.#run.barrier.leaveGateway()
  }

  /** As controllers had written them when the config was last proven to be in force. */
  statuses(resources: readonly Resource[]): readonly ObjectStatus[] {
    return this.#statuses.of(resources)
  }

  /** Where some Gateway looks at them. */
  async #labelsOf(namespaces: readonly string[]): Promise<NamespaceLabels> {
    if (!selectNamespaces(this.#statuses.programmed)) return new Map()
    const refs = namespaces.map((name) => ({ group: '', kind: 'Namespace', namespace: '', name }))
    const found = await Promise.all(refs.map((ref) => this.#run.objects.read(ref).catch(() => null)))
    return new Map(found.map((one, i) => [namespaces[i]!, one?.metadata.labels ?? {}]))
  }

  /** Gateways are served by pods that stay. @returns them. @throws NotYetProgrammed */
  async #served(deadline: number): Promise<readonly Pod[]> {
    for (;;) {
      const pods = await Promise.all(this.#statuses.programmed.map((gateway) => podsOfGateway(this.#run.objects, gateway)))
      const late = pods.flatMap((one) => one.late ?? [])
      if (late.length === 0) return pods.flatMap((one) => one.pods)
      if (performance.now() > deadline) throw new NotYetProgrammed(`not yet programmed after ${this.#run.patienceMs / 1000} s: ${late.join('; ')}`)
      await this.#run.controlPlane.assertHope()
      await sleep(100)
    }
  }

  #managed(gateway: ManagedGateway): Promise<ProbedProxy | null> {
    const { objects } = this.#run
    let found: Promise<readonly Pod[]> | null = null
    // They stay: that was waited for.
    const pods = (): Promise<readonly Pod[]> => (found ??= podsOfGateway(objects, gateway.object).then((one) => one.pods))
    const admin = proxyAdmin(objects.api.config)
    return probedGateway(objects, gateway, this.#told(pods), async () => areWarming(await pods(), admin))
  }

  /** @returns what asks proxies themselves which generation they have, where policies keep questions out of them */
  #told(pods: () => Promise<readonly Pod[]>): ProbedProxy['ask'] {
    const admin = proxyAdmin(this.#run.objects.api.config)
    return async (barrier, wanted) => guardedGeneration(await pods(), admin, barrier, wanted)
  }

  /** Names outside of which the run has a pod that answers. @throws NotYetProgrammed */
  async #resolved(gateways: readonly Pod[], pods: readonly Pod[], deadline: number): Promise<void> {
    const { outside, objects, namespaces } = this.#run
    if (!outside || (await outside.pod()) === null || this.#run.isDenied('in-mesh-calls')) return
    const hosts = lookedUp(this.#config.applied, (name) => isNameOutside(name, (namespace) => namespaces.all.includes(namespace)))
    if (hosts.length === 0) return
    const admin = proxyAdmin(objects.api.config)
    const nameOf = ({ name, namespace }: Pod): string => `${name}.${namespaces.scenario(namespace)}`
    const sidecars = pods.filter(isAsked).map((pod) => ({
      name: `the sidecar of pod ${nameOf(pod)}`,
      clusters: async () => clustersOf(await this.#run.agents.of(pod)),
    }))
    const others = gateways.map((pod) => ({ name: `the gateway ${nameOf(pod)}`, clusters: () => admin(pod, 'clusters').catch(nothing) }))
    await awaitResolved([...sidecars, ...others], hosts, deadline)
  }

  /** Gateways that the scenario has deployed itself. */
  async #routers(pods: readonly Pod[]): Promise<readonly ProbedProxy[]> {
    const own = routerPods(pods)
    if (own.length === 0 || this.#run.isDenied('in-mesh-calls')) return []
    const asking = (await this.#run.outside?.pod()) ?? pods.find((pod) => pod.ready && !own.includes(pod))
    const asker = asking === undefined ? null : await this.#run.agents.of(asking)
    return own.map((pod) => {
      const name = `the gateway ${pod.name}.${this.#run.namespaces.scenario(pod.namespace)}`
      return probedRouter(
        name,
        pod,
        asker,
        this.#told(() => Promise.resolve([pod])),
      )
    })
  }

  async #sidecars(pods: readonly Pod[], isDrained: Thoroughness['isDrained']): Promise<readonly ProbedProxy[]> {
    if (this.#run.isDenied('in-mesh-calls')) return []
    return Promise.all(
      pods.filter(isAsked).map(async (pod): Promise<ProbedProxy> => {
        const name = `the sidecar of pod ${pod.name}.${this.#run.namespaces.scenario(pod.namespace)}`
        return probedSidecar(name, await this.#run.agents.of(pod), isDrained(pod))
      }),
    )
  }

  /**
   * Listeners without HTTP cannot tell which config they have: that their ports are open, and what the status says, is all there is to see.
   * @throws NotYetProgrammed
   */
  async #opened(managed: readonly ManagedGateway[], deadline: number): Promise<void> {
    const ports = await openPorts(this.#run.objects, this.#statuses.programmed, managed)
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
}
