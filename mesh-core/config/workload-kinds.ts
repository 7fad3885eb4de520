import type { Resource } from './resource.ts'

const templated: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'])

/** Does it make pods of its `spec.template`? */
export function hasPodTemplate({ kind }: Pick<Resource, 'kind'>): boolean {
  return templated.has(kind)
}

/** Is it a pod, or does it make some? */
export function isWorkload(resource: Pick<Resource, 'kind'>): boolean {
  return resource.kind === 'Pod' || hasPodTemplate(resource)
}
