import { CertificateAuthority } from '../../mesh-core/identity/certificate-authority.ts'
import { createMesh, type Exchange, type Hop, type Mesh, type Program, readText, type Resource } from '../../mesh-core/index.ts'
import { Headers } from '../../mesh-core/ir/index.ts'
import { gatewayManifests } from './ingress-gateway.ts'

/** `networking.k8s.io/v1`, as far as the suite uses it. */
interface IngressSpec {
  readonly defaultBackend?: Backend
  readonly rules?: readonly { readonly http?: { readonly paths?: readonly { readonly backend: Backend }[] } }[]
}

interface Backend {
  readonly service: { readonly name: string; readonly port: { readonly number?: number; readonly name?: string } }
}

const gateway = { namespace: 'istio-system', name: 'istio-ingressgateway', instance: 'istio-ingressgateway' }

/** The mesh of one scenario: Ingresses without a class are Istio's, and the specification is followed. */
export class Stage {
  readonly #mesh: Mesh
  #authority = ''
  /** Answers to what was sent last. */
  exchanges: readonly Exchange[] = []

  constructor() {
    this.#mesh = createMesh({ spec: true, program: () => echo })
    this.#apply(gatewayManifests)
  }

  /** With the services that it names, each of one pod. */
  giveIngress(yaml: string): void {
    const resources = this.#read(yaml)
    this.#mesh.apply(resources)
    for (const name of new Set(resources.flatMap(({ object }) => backendsOf(object['spec'] as IngressSpec)))) this.scale(name, 1)
  }

  /** A service of the suite's echo pods, on port 8080 called `http`. */
  scale(name: string, replicas: number): void {
    this.#apply(
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name },
        spec: { selector: { app: name }, ports: [{ name: 'http', port: 8080 }] },
      }),
    )
    const template = {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'echo', image: 'echo', ports: [{ containerPort: 8080 }] }] },
    }
    this.#apply(
      JSON.stringify({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name },
        spec: { replicas, selector: { matchLabels: { app: name } }, template },
      }),
    )
  }

  async giveSecret(name: string, hostname: string): Promise<void> {
    const authority = await CertificateAuthority.create(hostname)
    const { certificateChain, privateKey } = await authority.issue({ commonName: hostname, dnsNames: [hostname] })
    this.#authority = authority.certificate
    const stringData = { 'tls.crt': certificateChain, 'tls.key': privateKey }
    this.#apply(JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, type: 'kubernetes.io/tls', stringData }))
  }

  /** Where the last Ingress is reached; empty for one that nobody serves. */
  addresses(): readonly string[] {
    return this.#mesh.statuses.findLast(({ resource }) => resource.kind === 'Ingress')?.addresses ?? []
  }

  /** @param url a host that is left out is the address of the Ingress */
  async send(method: string, url: string, times = 1): Promise<void> {
    const [, scheme, host, path] = /^(https?):\/\/([^/]*)(.*)$/.exec(url)!
    const dialled = `${scheme}://${host || this.addresses()[0]}${path || '/'}`
    const exchanges: Exchange[] = []
    for (let i = 0; i < times; i++)
      exchanges.push(
        await this.#mesh.send({
          from: { kind: 'gateway', ref: gateway },
          method,
          url: dialled,
          headers: { 'user-agent': 'Go-http-client/1.1' },
          body: '',
          timeoutMs: 10_000,
          ...(scheme === 'https' && { tls: { serverName: host ?? null, trusts: this.#authority } }),
        }),
      )
    this.exchanges = exchanges
  }

  /** The service that the pod belongs to which answered. */
  get hop(): Hop | undefined {
    return this.exchanges.at(-1)?.hops.findLast(({ to }) => to !== null)
  }

  addressOf({ to }: Hop): string | undefined {
    return to ? this.#mesh.registry.workload(to)?.address : undefined
  }

  #apply(text: string): void {
    this.#mesh.apply(this.#read(text))
  }

  #read(text: string): readonly Resource[] {
    const { resources, errors } = readText(text, 'scenario.yaml')
    if (errors.length > 0) throw errors[0]!
    return resources
  }
}

function backendsOf({ defaultBackend, rules = [] }: IngressSpec): string[] {
  const all = [defaultBackend, ...rules.flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend))]
  return all.flatMap((backend) => backend?.service.name ?? [])
}

const echo: Program = (request, context) => {
  const body = JSON.stringify({ method: request.method, path: request.path, host: request.authority, pod: context.pod.name })
  const headers = new Headers(['content-type', 'application/json', 'content-length', String(body.length), 'date', 'Thu, 01 Jan 1970 00:00:00 GMT'])
  return { status: 200, headers, body }
}
