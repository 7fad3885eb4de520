import { isIP } from 'node:net'
import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import { isOutsidePod } from './outside-manifests.ts'
import type { Pod } from './pod.ts'

type Labels = Readonly<Record<string, string>>

/** Those that say where requests go. */
const ruleKinds = /^(?:VirtualService|\w+Route|Ingress)$/

interface Entry {
  readonly hosts?: readonly string[]
  readonly endpoints?: readonly { readonly address?: string }[]
  readonly workloadSelector?: { readonly labels?: Labels }
}

/**
 * Whether a pod stands behind a host, by what Services and ServiceEntries say. A rule may send what is asked for one host to another, and an application is told the one
 * that was asked for: only that tells it then.
 */
export class BehindHosts {
  readonly #services: readonly KubeObject[]
  readonly #entries: readonly KubeObject[]
  /** Specs of what is neither. */
  readonly #rules: string

  /** @param objects as they are in the cluster */
  constructor(objects: readonly KubeObject[]) {
    this.#services = objects.filter(({ apiVersion, kind }) => kind === 'Service' && apiVersion === 'v1')
    this.#entries = objects.filter(({ apiVersion, kind }) => kind === 'ServiceEntry' && apiVersion.startsWith('networking.istio.io/'))
    this.#rules = JSON.stringify(objects.filter(({ kind }) => ruleKinds.test(kind)).map(({ spec }) => spec as unknown))
  }

  /**
   * Of the pod's Services, the one that took what was asked for another host; of several, one to which some rule leads, or that is called as its app.
   * @param asked without a port
   * @param namespace of who asks; `null` for a client outside
   * @returns `null` where the host that was asked for leads to the pod, or may do so
   */
  otherThan(asked: string, namespace: string | null, pod: Pod): { readonly name: string; readonly namespace: string } | null {
    // Nobody is known by name who takes what leaves the cluster.
    if (isIP(asked) !== 0 || isOutsidePod(pod) || this.#leads(asked, namespace, pod)) return null
    const all = this.#services.filter((service) => selects(service, pod)).map(({ metadata }) => metadata.name)
    const led = all.filter((name) => new RegExp(`"(?:host|name)":"${name}[".]`).test(this.#rules))
    const own = led.length > 0 ? led : all
    return { name: own.includes(pod.app) ? pod.app : (own[0] ?? pod.app), namespace: pod.namespace }
  }

  #leads(asked: string, namespace: string | null, pod: Pod): boolean {
    const entries = this.#entries.filter(({ spec }) => ((spec as Entry).hosts ?? []).some((host) => covers(host, asked)))
    return this.#servicesOf(asked, namespace).some((service) => mayLead(service, pod)) || entries.some((entry) => this.#entryLeads(entry, pod))
  }

  /** Of the name itself, or of a pod's name in front of it. Source: Kubernetes, "DNS for Services and Pods". */
  #servicesOf(asked: string, namespace: string | null): readonly KubeObject[] {
    const [first = '', ...rest] = asked.split('.')
    return this.#services.filter(({ metadata }) => {
      const names = namesOf(metadata.name, metadata.namespace ?? '', namespace)
      return names.includes(asked) || (first !== '' && names.includes(rest.join('.')))
    })
  }

  #entryLeads({ metadata, spec }: KubeObject, pod: Pod): boolean {
    const { endpoints = [], workloadSelector } = spec as Entry
    if (workloadSelector) return metadata.namespace === pod.namespace && isSelected(workloadSelector.labels ?? {}, pod)
    const namespace = metadata.namespace ?? null
    return (
      endpoints.length === 0 ||
      endpoints.some(({ address = '' }) => address === pod.ip || this.#servicesOf(address, namespace).some((service) => mayLead(service, pod)))
    )
  }
}

function namesOf(name: string, namespace: string, from: string | null): readonly string[] {
  const full = `${name}.${namespace}`
  return [...(from === namespace ? [name] : []), full, `${full}.svc`, `${full}.svc.cluster.local`]
}

function covers(host: string, asked: string): boolean {
  return host === asked || (host.startsWith('*.') && asked.endsWith(host.slice(1)))
}

/** One without a selector leads to whatever its endpoints, or its external name, say. */
function mayLead(service: KubeObject, pod: Pod): boolean {
  return Object.keys(selectorOf(service)).length === 0 || selects(service, pod)
}

function selects(service: KubeObject, pod: Pod): boolean {
  const selector = selectorOf(service)
  return Object.keys(selector).length > 0 && service.metadata.namespace === pod.namespace && isSelected(selector, pod)
}

function selectorOf({ spec }: KubeObject): Labels {
  return (spec?.selector ?? {}) as Labels
}

function isSelected(labels: Labels, pod: Pod): boolean {
  return Object.entries(labels).every(([key, value]) => pod.labels[key] === value)
}
