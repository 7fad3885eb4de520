import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { NotYetProgrammed } from '../../../target.ts'
import type { KubeObjects } from '../../kube/objects.ts'
import { labelled } from '../../pods/deployments.ts'
import { findServiceAddress } from './gateway-address.ts'
import type { GatewayAddress } from './gateway-address.ts'
import type { Ledger } from '../restore/ledger.ts'
import type { Outside } from '../outside/outside.ts'
import { ingressDeployment, ingressName, type IngressParts, ingressRights, ingressService } from './ingress-manifests.ts'
import { readdress } from './ingress-selectors.ts'
import { contentOfMounted } from './mounted-secrets.ts'
import { refOfObject } from '../restore/restore.ts'

export interface OwnIngressOptions {
  readonly objects: KubeObjects
  readonly ledger: Ledger
  readonly run: string
  /** What its pod is to see outside of the cluster. */
  readonly outside: Pick<Outside, 'for'> | null
  /** @throws MeshSpecError when there is no use in waiting */
  readonly assertHope: () => Promise<void>
}

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
      await this.#apply(ingressService(this.#parts))
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
    await this.#apply(ingressDeployment(this.#parts))
    await this.address(namespace, [])
  }

  /** A certificate for the names of the barrier, which the gateway finds by the name that is returned. */
  async credential(host: string): Promise<string> {
    this.#certified ??= this.#certify(host)
    await this.#certified
    return credentialName
  }

  /** The object, about this gateway in the place of the cluster's own. See `readdress`. */
  readdress(object: KubeObject): KubeObject {
    return readdress(object, this.label, this.#options.run)
  }

  get #parts(): IngressParts {
    const { run } = this.#options
    return { namespace: this.#namespace!, label: this.label, run, ports: [...this.#ports], seesOutside: this.#seesOutside, files: this.#files }
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
    const parts = this.#parts
    for (const object of [...ingressRights(parts), ingressDeployment(parts), ingressService(parts)]) await this.#apply(object)
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
      const address = await findServiceAddress(objects, this.#namespace!, ingressName)
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
    const deployment = await objects.read(refOfObject(ingressDeployment(this.#parts)))
    const { observedGeneration, updatedReplicas, readyReplicas } = (deployment?.['status'] ?? {}) as Status
    const { generation } = (deployment?.metadata ?? {}) as { readonly generation?: number }
    if (observedGeneration !== generation || updatedReplicas !== 1 || readyReplicas !== 1) return false
    // One that is about to end may still be led to.
    const pods = await objects.list('v1', 'Pod', this.#namespace!, `labelSelector=${encodeURIComponent(`istio=${this.label}`)}`)
    return pods.length === 1
  }
}

interface Status {
  readonly observedGeneration?: number
  readonly updatedReplicas?: number
  readonly readyReplicas?: number
}
