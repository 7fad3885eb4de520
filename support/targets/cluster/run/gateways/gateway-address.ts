import type { KubeObjects } from '../../kube/objects.ts'

interface Service {
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly spec: {
    readonly type?: string
    readonly clusterIP?: string
    readonly selector?: Readonly<Record<string, string>>
    readonly externalIPs?: readonly string[]
    readonly ports?: readonly { readonly name?: string; readonly port: number; readonly nodePort?: number }[]
  }
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[] } }
}

interface Pod {
  readonly status?: { readonly hostIP?: string; readonly phase?: string }
}

/** Where the ports of a gateway are reached from outside. */
export interface GatewayAddress {
  readonly host: string
  /** By the port of the Service, which is what config names. */
  readonly ports: ReadonlyMap<number, number>
  /** Port of the Service named `http2`, as Istio's installation calls it, else the one named `http`, else 80. */
  readonly httpPort: number
  /** How it was found, for reports. */
  readonly how: string
}

/**
 * The ingress gateway's address, as the Bookinfo tutorial finds it: of the load balancer, else the port of the node with the address of the host that
 * the gateway's pod runs on. Source: istio.io, "Determining the ingress IP and ports".
 * @returns `null` when there is none
 */
export async function findIngressGateway(objects: KubeObjects): Promise<GatewayAddress | null> {
  const services = await objects.list<Service>('v1', 'Service', '', 'labelSelector=istio%3Dingressgateway')
  const service = services.find(({ metadata }) => metadata.name === 'istio-ingressgateway') ?? services[0]
  return service ? addressOf(service, objects) : null
}

/** The same of the Service that an implementation of the Gateway API has made for a Gateway. */
export async function findServiceAddress(objects: KubeObjects, namespace: string, name: string): Promise<GatewayAddress | null> {
  const service = (await objects.read({ group: '', kind: 'Service', namespace, name })) as Service | null
  return service ? addressOf(service, objects) : null
}

/** Of a URL that the user has named. */
export function addressOfUrl(gateway: string): GatewayAddress {
  const { hostname, port, protocol } = new URL(gateway)
  const own = Number(port) || (protocol === 'https:' ? 443 : 80)
  return { host: hostname, ports: new Map([[protocol === 'https:' ? 443 : 80, own]]), httpPort: protocol === 'https:' ? 443 : 80, how: '--gateway' }
}

async function addressOf(service: Service, objects: KubeObjects): Promise<GatewayAddress | null> {
  const { spec, status, metadata } = service
  const ports = spec.ports ?? []
  const httpPort =
    (ports.find(({ name }) => name === 'http2') ?? ports.find(({ name }) => name === 'http') ?? ports.find(({ port }) => port === 80))?.port ?? 80
  const ingress = status?.loadBalancer?.ingress?.[0]
  const balanced = ingress?.ip ?? ingress?.hostname ?? spec.externalIPs?.[0]
  const shown = `Service ${metadata.namespace}/${metadata.name}`
  if (balanced) return { host: balanced, ports: new Map(ports.map(({ port }) => [port, port])), httpPort, how: `the load balancer of ${shown}` }
  const nodePorts = ports.flatMap(({ port, nodePort }) => (nodePort ? [[port, nodePort] as const] : []))
  const hostIp = nodePorts.length > 0 ? await hostOfPods(service, objects) : null
  return hostIp === null ? null : { host: hostIp, ports: new Map(nodePorts), httpPort, how: `the node port of ${shown}` }
}

async function hostOfPods({ metadata, spec }: Service, objects: KubeObjects): Promise<string | null> {
  const selector = Object.entries(spec.selector ?? {}).map(([key, value]) => `${key}=${value}`)
  const pods = await objects.list<Pod>('v1', 'Pod', metadata.namespace, `labelSelector=${encodeURIComponent(selector.join(','))}`).catch(() => [])
  return pods.find(({ status }) => status?.phase === 'Running' && status.hostIP)?.status?.hostIP ?? null
}
