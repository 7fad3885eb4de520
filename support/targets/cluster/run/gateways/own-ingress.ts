import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject, Resource } from '../../../../../mesh-core/config/resource.ts'
import { NotYetProgrammed } from '../../../target.ts'
import type { KubeObjects } from '../../kube/objects.ts'
import { labelled } from '../../pods/deployments.ts'
import { findServiceAddress } from './gateway-address.ts'
import type { GatewayAddress } from './gateway-address.ts'
import { seeingOutside } from '../../pods/outside-manifests.ts'
import type { Ledger } from '../restore/ledger.ts'
import type { Outside } from '../outside/outside.ts'
import { contentOfMounted, secretMounts, secretVolumes } from './mounted-secrets.ts'
import { refOfObject, runLabel } from '../restore/restore.ts'

export const systemNamespace = 'istio-system'

export interface OwnIngressOptions {
  readonly objects: KubeObjects
  readonly ledger: Ledger
  readonly run: string
  /** What its pod is to see outside of the cluster. */
  readonly outside: Pick<Outside, 'for'> | null
  /** @throws MeshSpecError when there is no use in waiting */
  readonly assertHope: () => Promise<void>
}

const name = 'istio-ingressgateway'
const credentialName = 'meshspec-barrier'
const firstPorts = [80, 443]
/** ms. Its image has to be pulled, and an address to be found. */
const patienceMs = 180_000

/**
 * An ingress gateway of the run's own, in the namespace that stands for `istio-system`: the one that users come through takes up no config of scenarios,
 * and what scenarios say of `istio-system` (credentials, above all) touches nobody else. Made by Istio's injection of gateways.
 * Source: istio.io, "Installing gateways".
 */
export class OwnIngress {
  readonly #options: OwnIngressOptions
  readonly #ports = new Set(firstPorts)
  #namespace: string | null = null
  #seesOutside = false
  /** What the files of its pod were made of. */
  #files = ''
  #made: Promise<void> | null = null
  #certified: Promise<void> | null = null
  /** Once it was ready, with all its ports: it does not change while they stay. */
  #address: GatewayAddress | null = null

  constructor(options: OwnIngressOptions) {
    this.#options = options
  }

  /** In the place of `istio: ingressgateway`. */
  get label(): string {
    return `meshspec-${this.#options.run}-ingressgateway`
  }

  /**
   * @param namespace that stands for `istio-system`
   * @param ports that it is to have
   * @throws NotYetProgrammed, MeshSpecError
   */
  async address(namespace: string, ports: readonly number[]): Promise<GatewayAddress> {
    this.#namespace = namespace
    const added = ports.filter((port) => !this.#ports.has(port))
    for (const port of added) this.#ports.add(port)
    this.#made ??= this.#make()
    await this.#made
    if (added.length > 0) {
      this.#address = null
      await this.#apply(this.#service())
    }
    return (this.#address ??= await this.#settled())
  }

  /**
   * Its pod has the Secrets of the scenario as files. Those of a pod that runs change when the kubelet comes to it; a new pod has them at once.
   * @throws NotYetProgrammed, MeshSpecError
   */
  async mount(namespace: string, secrets: readonly KubeObject[]): Promise<void> {
    const files = contentOfMounted(secrets.filter(({ metadata }) => metadata.namespace === namespace))
    await this.address(namespace, [])
    if (files === this.#files) return
    this.#files = files
    this.#address = null
    await this.#apply(this.#deployment())
    await this.address(namespace, [])
  }

  /** A certificate for the names of the barrier, which the gateway finds by the name that is returned. */
  async credential(host: string): Promise<string> {
    this.#certified ??= this.#certify(host)
    await this.#certified
    return credentialName
  }

  /** The object, about this gateway in the place of the cluster's own, and about other gateways of the run alone: Istio finds them by labels in all namespaces. */
  readdress(object: KubeObject): KubeObject {
    const { spec } = object as unknown as { readonly spec?: Selecting }
    if (!spec) return object
    const { selector, workloadSelector } = spec
    const own = (labels: Labels | undefined): Labels | undefined =>
      labels?.['istio'] === 'ingressgateway' ? { ...labels, istio: this.label } : labels
    if (object.kind === 'Gateway' && object.apiVersion.startsWith('networking.istio.io/')) {
      const isOfIngress = selector?.['istio'] === 'ingressgateway'
      const narrowed = isOfIngress ? own(selector as Labels) : { ...selector, [runLabel]: this.#options.run }
      return { ...object, spec: { ...spec, selector: narrowed } }
    }
    if (selector?.matchLabels) return { ...object, spec: { ...spec, selector: { ...selector, matchLabels: own(selector.matchLabels) } } }
    if (workloadSelector?.labels)
      return { ...object, spec: { ...spec, workloadSelector: { ...workloadSelector, labels: own(workloadSelector.labels) } } }
    return object
  }

  async #certify(host: string): Promise<void> {
    const { CertificateAuthority } = await import('../../../../../mesh-core/identity/certificate-authority.ts')
    const authority = await CertificateAuthority.create('meshspec')
    const { certificateChain, privateKey } = await authority.issue({ commonName: host, dnsNames: [`*.${host}`] })
    const stringData = { 'tls.crt': certificateChain, 'tls.key': privateKey }
    const metadata = { name: credentialName, namespace: this.#namespace! }
    await this.#apply({ apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/tls', stringData } as unknown as KubeObject)
  }

  async #make(): Promise<void> {
    this.#seesOutside = (await this.#options.outside?.for(this.#namespace!)) ?? false
    for (const object of [...this.#rights(), this.#deployment(), this.#service()]) await this.#apply(object)
  }

  async #apply(object: KubeObject): Promise<void> {
    const { objects, ledger, run } = this.#options
    ledger.touch({ ref: refOfObject(object), before: null })
    await objects.apply(labelled(object, run))
  }

  async #settled(): Promise<GatewayAddress> {
    const deadline = performance.now() + patienceMs
    for (;;) {
      const { objects } = this.#options
      const address = await findServiceAddress(objects, this.#namespace!, name)
      const isReady = await this.#isReady()
      if (isReady && address && [...this.#ports].every((port) => address.ports.has(port))) return address
      if (performance.now() > deadline)
        throw new NotYetProgrammed(
          `after ${patienceMs / 1000} s the ingress gateway of the run ${isReady ? 'has no address that is reached from outside' : 'is not ready'}; --gateway names another one`,
        )
      await this.#options.assertHope()
      await sleep(150)
    }
  }

  /** Its pod is the one that was asked for last, and alone. */
  async #isReady(): Promise<boolean> {
    const { objects } = this.#options
    const deployment = await objects.read(refOfObject(this.#deployment()))
    const { observedGeneration, updatedReplicas, readyReplicas } = (deployment?.['status'] ?? {}) as Status
    const { generation } = (deployment?.metadata ?? {}) as { readonly generation?: number }
    if (observedGeneration !== generation || updatedReplicas !== 1 || readyReplicas !== 1) return false
    // One that is about to end may still be led to.
    const pods = await objects.list('v1', 'Pod', this.#namespace!, `labelSelector=${encodeURIComponent(`istio=${this.label}`)}`)
    return pods.length === 1
  }

  /** A gateway may read the Secrets beside it. Source: chart `gateway`, `role.yaml`. */
  #rights(): readonly KubeObject[] {
    const metadata = { name, namespace: this.#namespace! }
    const rbac = 'rbac.authorization.k8s.io'
    const rule = { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'watch', 'list'] }
    return [
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
      { apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules: [rule] },
      {
        apiVersion: `${rbac}/v1`,
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup: rbac, kind: 'Role', name },
        subjects: [{ kind: 'ServiceAccount', name, namespace: this.#namespace! }],
      },
    ] as unknown as readonly KubeObject[]
  }

  #deployment(): KubeObject {
    const labels = { istio: this.label, 'sidecar.istio.io/inject': 'true', [runLabel]: this.#options.run }
    const annotations = {
      'inject.istio.io/templates': 'gateway',
      'proxy.istio.io/config': 'concurrency: 1\nterminationDrainDuration: 1s\n',
      ...(this.#files && { 'meshspec.dev/files': this.#files }),
    }
    const containers = [{ name: 'istio-proxy', image: 'auto', volumeMounts: secretMounts }]
    const spec = { serviceAccountName: name, terminationGracePeriodSeconds: 2, containers, volumes: secretVolumes }
    const plain = { annotations, spec }
    const seen = this.#seesOutside ? seeingOutside(plain) : plain
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: this.#namespace! },
      spec: {
        replicas: 1,
        selector: { matchLabels: { istio: this.label } },
        template: { metadata: { labels, annotations: seen.annotations }, spec: seen.spec },
      },
    }
  }

  #service(): KubeObject {
    const ports = [...this.#ports].map((port) => ({
      name: `${nameOfPort.get(port) ?? 'tcp'}-${port}`,
      port,
      targetPort: containerPorts.get(port) ?? port,
    }))
    return {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: this.#namespace! },
      spec: { type: 'LoadBalancer', selector: { istio: this.label }, ports },
    }
  }
}

/** As Istio's own ingress gateway has them: config may name either. Source: chart `istio-ingress`. */
const containerPorts: ReadonlyMap<number, number> = new Map([
  [80, 8080],
  [443, 8443],
])

const nameOfPort: ReadonlyMap<number, string> = new Map([
  [80, 'http2'],
  [443, 'https'],
])

interface Status {
  readonly observedGeneration?: number
  readonly updatedReplicas?: number
  readonly readyReplicas?: number
}

type Labels = Readonly<Record<string, string>>

interface Selecting {
  /** Labels of a Gateway; of policies they stand in `matchLabels`. */
  readonly selector?: Readonly<Record<string, unknown>> & { readonly matchLabels?: Labels }
  readonly workloadSelector?: { readonly labels?: Labels }
}

/**
 * Kinds that mean in `istio-system` what they mean elsewhere; others act on the whole mesh there, as of its root namespace, which a stand-in for it does not.
 * Source: Istio `MeshConfig.rootNamespace`.
 */
const local: ReadonlySet<string> = new Set([
  'Secret',
  'ConfigMap',
  'Service',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'Deployment',
  'Endpoints',
  'EndpointSlice',
  'Gateway',
  'VirtualService',
  'ServiceEntry',
  'WorkloadEntry',
  'HTTPRoute',
  'GRPCRoute',
  'TCPRoute',
  'TLSRoute',
  'ListenerSet',
  'ReferenceGrant',
])

/** A policy for the ingress gateway alone acts on that alone, wherever the gateway is. */
function isForIngress({ spec }: KubeObject): boolean {
  const { selector, workloadSelector } = (spec ?? {}) as Selecting
  const labels = selector?.matchLabels ?? workloadSelector?.labels
  return labels?.['istio'] === 'ingressgateway'
}

export function actsOnWholeMesh({ kind, namespace, object }: Pick<Resource, 'kind' | 'namespace' | 'object'>): boolean {
  return namespace === systemNamespace && !local.has(kind) && !isForIngress(object) && !isForItself(object)
}

/** Rules that clients of their own namespace alone have are for the gateways there. Source: Istio `DestinationRule.exportTo`. */
function isForItself({ kind, spec }: KubeObject): boolean {
  return kind === 'DestinationRule' && JSON.stringify(spec?.exportTo) === '["."]'
}
