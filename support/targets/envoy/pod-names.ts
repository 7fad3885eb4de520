import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'

/** `productpage-v1-0.default` */
export function podName({ ref }: WorkloadInstance): string {
  return `${ref.instance}.${ref.namespace}`
}

/** `default/productpage-v1-0` */
export function askerName({ ref }: WorkloadInstance): string {
  return `${ref.namespace}/${ref.instance}`
}

/** `productpage-v1.default` */
export function proxyName({ ref }: WorkloadInstance): string {
  return `${ref.name}.${ref.namespace}`
}
