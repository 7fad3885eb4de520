import type { KubeObject } from '../../../../mesh-core/config/resource.ts'

/** Whose name a host is: a Service's, one that is looked for among pods of a Service, or none that the scenario's objects say. */
export type NameKind = 'service' | 'pod' | 'other'

/**
 * @param host without its port, as the cluster knows it
 * @param services of the scenario
 * Source: Kubernetes, "DNS for Services and Pods".
 */
export function kindOfName(host: string, services: readonly Pick<KubeObject, 'metadata'>[]): NameKind {
  const names = services.flatMap(({ metadata: { name, namespace } }) =>
    ['', `.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.cluster.local`].map((rest) => name + rest),
  )
  if (names.includes(host)) return 'service'
  return names.includes(host.replace(/^[^.]+\./, '')) && host.includes('.') ? 'pod' : 'other'
}

/** `shop` of `http://shop:8080/items`; `''` for a path alone. */
export function hostIn(target: string): string {
  return /^\w+:\/\/([^/?#:]*)/.exec(target)?.[1] ?? ''
}
