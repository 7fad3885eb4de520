import { ApiFailure } from '../kube/api-failure.ts'
import type { KubeApi } from '../kube/kube-api.ts'

/** One thing that a run does to a cluster. Source: Kubernetes `authorization.k8s.io/v1` ResourceAttributes. */
export interface Permission {
  readonly verb: string
  readonly group: string
  /** Plural, perhaps with its part: `pods/exec`. */
  readonly resource: string
  /** `''`: of the whole cluster. */
  readonly namespace: string
}

interface Review {
  readonly status: { readonly allowed: boolean }
}

/** @returns what of it the user may not do. @throws MeshSpecError where the API server does not say */
export async function missingPermissions(api: KubeApi, wanted: readonly Permission[]): Promise<readonly Permission[]> {
  const allowed = await Promise.all(wanted.map((permission) => isAllowed(api, permission)))
  return wanted.filter((_, i) => !allowed[i])
}

async function isAllowed(api: KubeApi, { verb, group, resource, namespace }: Permission): Promise<boolean> {
  const [name, subresource] = resource.split('/')
  const resourceAttributes = { verb, group, resource: name, ...(subresource && { subresource }), ...(namespace && { namespace }) }
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } }
  try {
    const { status } = await api.send<Review>({ method: 'POST', path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', body })
    return status.allowed
  } catch (error) {
    throw error instanceof ApiFailure ? error.toError('ask what the user may do') : error
  }
}

/** Kinds whose absence of permission is worth knowing before a run. */
const configKinds: readonly (readonly [string, string])[] = [
  ['networking.istio.io', 'virtualservices'],
  ['networking.istio.io', 'destinationrules'],
  ['networking.istio.io', 'gateways'],
  ['networking.istio.io', 'serviceentries'],
  ['gateway.networking.k8s.io', 'httproutes'],
  ['gateway.networking.k8s.io', 'gateways'],
]

/** For what a run does with config, in one namespace (`''`: in any, for namespaces that it makes). */
export function configPermissions(namespace: string): readonly Permission[] {
  return configKinds.flatMap(([group, resource]) => ['get', 'patch', 'delete'].map((verb) => ({ verb, group, resource, namespace })))
}

export function deployPermissions(namespace: string): readonly Permission[] {
  const kinds = [
    ['apps', 'deployments'],
    ['', 'services'],
    ['', 'serviceaccounts'],
  ] as const
  return kinds.flatMap(([group, resource]) => ['get', 'patch', 'delete'].map((verb) => ({ verb, group, resource, namespace })))
}

/** For an ingress gateway of the run's own, which may read the credentials of scenarios. */
export const ingressPermissions: readonly Permission[] = [
  ...['get', 'patch', 'delete', 'list', 'watch'].map((verb) => ({ verb, group: '', resource: 'secrets', namespace: '' })),
  ...['roles', 'rolebindings'].flatMap((resource) =>
    ['get', 'patch', 'delete'].map((verb) => ({ verb, group: 'rbac.authorization.k8s.io', resource, namespace: '' })),
  ),
]

export function podPermissions(namespace: string): readonly Permission[] {
  return [
    { verb: 'list', group: '', resource: 'pods', namespace },
    { verb: 'create', group: '', resource: 'pods/exec', namespace },
    { verb: 'get', group: '', resource: 'pods/exec', namespace },
  ]
}

export const namespacePermissions: readonly Permission[] = ['create', 'get', 'patch', 'delete'].map((verb) => ({
  verb,
  group: '',
  resource: 'namespaces',
  namespace: '',
}))

/** What an administrator would have to grant: rules of RBAC, one for each resource. */
export function describeMissing(missing: readonly Permission[]): string {
  const byResource = new Map<string, { readonly permission: Permission; readonly verbs: Set<string> }>()
  for (const permission of missing) {
    const { group, resource, namespace } = permission
    const key = `${group}/${resource}/${namespace}`
    const known = byResource.get(key) ?? { permission, verbs: new Set<string>() }
    known.verbs.add(permission.verb)
    byResource.set(key, known)
  }
  const rules = [...byResource.values()].map(({ permission: { group, resource, namespace }, verbs }) => {
    const where = namespace === '' ? 'in the whole cluster' : `in namespace ${namespace}`
    return `  - {apiGroups: ["${group}"], resources: ["${resource}"], verbs: [${[...verbs].join(', ')}]}   # ${where}`
  })
  return rules.join('\n')
}
