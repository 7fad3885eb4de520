import { connect as connectTls } from 'node:tls'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { GatewayClient } from '../../gateway-client.ts'
import { securedHost } from '../barrier/barrier.ts'
import { questionMs } from './probed-proxy.ts'
import type { Reach } from '../barrier/barrier.ts'
import type { ProbedProxy } from './probed-proxy.ts'
import type { ClusterRun } from '../cluster-run.ts'
import { isRefusal } from './managed-gateways.ts'
import { namesMountedFiles } from './mounted-secrets.ts'
import { systemNamespace } from '../access/namespace-map.ts'
import type { ScenarioObjects } from '../scenario-objects.ts'

/** Which ports of the ingress gateway a scenario's config is about, and what answers there. */
export class IngressPorts {
  readonly #run: ClusterRun
  readonly #config: ScenarioObjects

  constructor(run: ClusterRun, config: ScenarioObjects) {
    this.#run = run
    this.#config = config
  }

  /** Secrets of the scenario are files of the run's own gateway, where a Gateway names such. @throws NotYetProgrammed, MeshSpecError */
  async mount(): Promise<void> {
    const { applied } = this.#config
    if (applied.some(namesMountedFiles)) await this.#run.ownIngress?.mount(await this.#run.namespace(systemNamespace), applied)
  }

  /** The gateway, asked over HTTP at each port. @param told asks its proxies themselves, where a policy keeps the question out */
  async proxies(ports: readonly number[], told: ProbedProxy['ask']): Promise<readonly ProbedProxy[]> {
    if (ports.length === 0) return []
    const { host, ports: reached } = await this.#run.ingress()
    return ports.map((port) => {
      const client = new GatewayClient(`http://${host}:${reached.get(port)}`, { patienceMs: questionMs })
      const ask = async (barrier: string, wanted: string): Promise<string | null> => {
        const { response } = await client.send({ from: { kind: 'client' }, method: 'GET', target: `http://${barrier}/`, headers: {}, body: '' })
        return isRefusal(response?.status) ? told(barrier, wanted) : (response?.body ?? null)
      }
      return { name: `the ingress gateway at ${host}:${reached.get(port)}`, ask }
    })
  }

  /** The run's own stands in for the one of the cluster. */
  #ingressLabels(): readonly string[] {
    return [...(this.#run.ownIngress ? [this.#run.ownIngress.label] : []), 'ingressgateway']
  }

  /** Ports of the run's own ingress gateway that TLS comes to. */
  async secured(): Promise<Reach['secured']> {
    const { ownIngress } = this.#run
    const servers = serversOf(this.#config.applied, this.#ingressLabels()).filter(({ port }) => /^(?:HTTPS|TLS)$/i.test(port.protocol))
    if (!ownIngress || servers.length === 0) return null
    await this.#run.ingress(servers.map(({ port }) => port.number))
    return { ports: [...new Set(servers.map(({ port }) => port.number))], credential: await ownIngress.credential(this.#run.barrier.host) }
  }

  /** The gateway, asked by a handshake at each port. */
  async securedProxies(ports: readonly number[]): Promise<readonly ProbedProxy[]> {
    if (ports.length === 0) return []
    const { host, ports: reached } = await this.#run.ingress(ports)
    return ports.map((port) => ({
      name: `the ingress gateway at ${host}:${reached.get(port)}`,
      ask: async (barrier, wanted) => ((await isServed(host, reached.get(port)!, securedHost(barrier, wanted))) ? wanted : null),
    }))
  }

  /** Ports of the ingress gateway that config of the scenario uses, as far as they can be asked over HTTP. */
  async plain(): Promise<readonly number[]> {
    if (!this.#config.applied.some((object) => isGateway(object) || isForGateway(object))) return []
    const servers = serversOf(this.#config.applied, this.#ingressLabels())
    const { ports } = await this.#run.ingress(servers.map(({ port }) => port.number))
    const numbers = servers.filter(({ port }) => /^(?:HTTP|HTTP2|GRPC)$/i.test(port.protocol)).map(({ port }) => port.number)
    return [...new Set(numbers.length > 0 ? numbers : [80])].filter((number) => ports.has(number))
  }
}

interface Server {
  readonly port: { readonly number: number; readonly protocol: string }
}

/** Of Gateways of Istio's API, those that may be the ingress gateway's: an egress gateway has ports of its own. @param labels by which the ingress gateway is selected */
export function serversOf(objects: readonly KubeObject[], labels: readonly string[]): readonly Server[] {
  const isIngress = ({ spec }: KubeObject): boolean => labels.includes(spec.selector?.istio ?? labels[0])
  return objects.filter((object) => isGateway(object) && isIngress(object)).flatMap(({ spec }) => (spec.servers ?? []) as readonly Server[])
}

/** Does a handshake for the name succeed? Whose certificate it shows is not what is asked. */
function isServed(host: string, port: number, servername: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTls({ host, port, servername, rejectUnauthorized: false, timeout: questionMs })
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

function isGateway({ kind, apiVersion }: KubeObject): boolean {
  return kind === 'Gateway' && apiVersion.startsWith('networking.istio.io/')
}

function isForGateway({ kind, ...rest }: KubeObject): boolean {
  const { gateways = [] } = (rest['spec'] ?? {}) as { readonly gateways?: readonly string[] }
  return kind === 'VirtualService' && gateways.some((gateway) => gateway !== 'mesh')
}
