import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'

/** Kinds by which a sidecar may answer for a name itself, or send a request somewhere else than to who has that name. */
export const redirecting = /^(?:VirtualService|EnvoyFilter|Sidecar|Service|\w+Route)$/

/**
 * Names outside of the cluster that its DNS does not know, as requests of this run have shown. A later scenario that asks for such a name, and has nothing by
 * which the mesh could answer in its place, need not wait for its config to spread to learn that again.
 */
export class UnknownNames {
  readonly #seen = new Set<string>()

  /** @param config of the scenario whose request has found nobody */
  add(host: string, config: readonly KubeObject[]): void {
    this.#seen.add(keyOf(host, config))
  }

  /** @param config as of the scenario that is about to ask for it */
  has(host: string, config: readonly KubeObject[]): boolean {
    return this.#seen.has(keyOf(host, config)) && !config.some(({ kind }) => redirecting.test(kind)) && !config.some(hasOwnAddresses)
  }
}

/** A proxy that answers for DNS knows names of entries. Source: Istio, "DNS Proxying". */
function keyOf(host: string, config: readonly KubeObject[]): string {
  return `${host} ${config.some(({ kind }) => kind === 'ServiceEntry')}`
}

function hasOwnAddresses({ kind, spec = {} }: KubeObject): boolean {
  return kind === 'ServiceEntry' && ['STATIC', 'DYNAMIC_DNS'].includes(spec.resolution as string)
}
