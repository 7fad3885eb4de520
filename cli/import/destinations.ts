import type { Resource } from '../../mesh-core/config/resource.ts'
import { resolveHost } from '../../mesh-core/compile/names.ts'
import { serviceRefPattern } from '../../support/sentences/service-ref.ts'

/** Tells how a sentence names what a route leads to. */
export class Destinations {
  readonly #versions = new Map<string, string>()

  /** @param resources all of the config, with what was made up */
  constructor(resources: readonly Resource[]) {
    for (const { kind, object, namespace } of resources) {
      if (kind !== 'DestinationRule') continue
      const { host = '', subsets = [] } = object['spec'] as {
        host?: string
        subsets?: readonly { name: string; labels?: Readonly<Record<string, string>> }[]
      }
      for (const { name, labels = { version: name } } of subsets)
        this.#versions.set(`${resolveHost(host, namespace)} ${name}`, labels['version'] ?? Object.values(labels).join('-'))
    }
  }

  /** @returns `reviews.prod:v2`; `null` for a host that is no service of the cluster */
  nameOf(host: string, subset: string, namespace: string): string | null {
    const full = resolveHost(host, namespace)
    const [name, own, ...rest] = full.split('.')
    if (rest.join('.') !== 'svc.cluster.local') return null
    const version = subset === '' ? '' : `:${this.#versions.get(`${full} ${subset}`) ?? subset}`
    const reference = `${name}${own === 'default' ? '' : `.${own}`}${version}`
    return new RegExp(`^${serviceRefPattern.source}$`).test(reference) ? reference : null
  }
}
