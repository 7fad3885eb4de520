import { readHeaderMatch } from '../../../mesh-core/envoy/matchers.ts'
import type { HeaderMatch } from '../../../mesh-core/ir/index.ts'
import type { Destinations } from '../destinations.ts'
import type { HeaderField, RouterCheckTest } from './read-tests.ts'

export interface LookupExpectations {
  readonly then: readonly string[]
  readonly omitted: readonly string[]
}

/**
 * @param serviceOf how a sentence names the cluster; `null` where it leads to no service of the mesh
 * @param configured the cluster that the config leads to, for tests that do not name theirs; `''` where that is not known
 */
export function lookupExpectations(
  { input, validate }: RouterCheckTest,
  serviceOf: (cluster: string) => string | null,
  configured: string,
): LookupExpectations {
  const then: string[] = []
  const omitted: string[] = []
  const { cluster_name, path_rewrite, host_rewrite, path_redirect, code_redirect } = validate
  const spoken = path_rewrite || host_rewrite || (validate.request_header_matches ?? validate.request_header_fields ?? []).length > 0
  const cluster = cluster_name ?? (spoken ? configured : '')
  const service = cluster === '' ? null : serviceOf(cluster)
  if (cluster_name && service === null) omitted.push(`cluster_name ${cluster_name}: no service stands for it`)
  if (service !== null) then.push(reached(service, input.path, path_rewrite, host_rewrite))
  else if (path_rewrite || host_rewrite) omitted.push('path_rewrite and host_rewrite: which service is reached is not known')
  if (path_redirect || code_redirect) answered(path_redirect, code_redirect, input, then, omitted)
  for (const field of ['virtual_host_name', 'virtual_cluster_name'] as const)
    if (validate[field]) omitted.push(`${field} ${validate[field]}: a name that no request shows`)
  for (const [name, value] of Object.entries(validate)) if (value === '') omitted.push(`that ${name} is empty`)
  for (const matcher of [...(validate.request_header_matches ?? []), ...fields(validate.request_header_fields)])
    requestHeader(matcher, service, then, omitted)
  for (const matcher of [...(validate.response_header_matches ?? []), ...fields(validate.response_header_fields)])
    responseHeader(matcher, then, omitted)
  return { then, omitted }
}

function reached(service: string, path: string, pathRewrite: string | undefined, hostRewrite: string | undefined): string {
  if (hostRewrite) return `the request reaches ${service} as "<method> http://${hostRewrite}${pathRewrite || path}"`
  return pathRewrite ? `the request reaches ${service} as "<method> ${pathRewrite}"` : `the request reaches ${service}`
}

/** The tool tells an answer of the proxy's own by a redirect to where the request went. */
function answered(location: string | undefined, code: number | undefined, input: RouterCheckTest['input'], then: string[], omitted: string[]): void {
  const itself = `http://${input.authority}${input.path}`
  const redirects = code === undefined ? location !== itself : code >= 300 && code < 400
  if (redirects && location) then.push(`the request is redirected to "${location}"${code === undefined ? '' : ` with status ${code}`}`)
  else if (code !== undefined) then.push(`the response status is ${code}`)
  else omitted.push(`path_redirect ${location}: whether it is a redirect the test does not say`)
}

function fields(list: readonly HeaderField[] = []): unknown[] {
  return list.map(({ key, value }) =>
    value ? { name: key, string_match: { exact: value } } : { name: key, present_match: true, invert_match: true },
  )
}

/** Where requests come from in the tool, and in no mesh. */
const ownAddress = '127.0.0.1'

function requestHeader(matcher: unknown, service: string | null, then: string[], omitted: string[]): void {
  const match = read(matcher)
  if (service === null) omitted.push(`request header ${match.name}: which service is reached is not known`)
  else if (match.name.startsWith(':')) omitted.push(`request header ${match.name}: method and path are named by other sentences`)
  else if (isExact(match) && match.match.value === ownAddress) omitted.push(`request header ${match.name}: it holds the tool's own address`)
  else if (isExact(match)) then.push(`the request reaches ${service} with header "${match.name}" set to "${match.match.value}"`)
  else if (isAbsent(match)) then.push(`the request reaches ${service} without header "${match.name}"`)
  else omitted.push(`request header ${JSON.stringify(matcher)}: only equality and absence can be said`)
}

function responseHeader(matcher: unknown, then: string[], omitted: string[]): void {
  const match = read(matcher)
  if (match.name === 'content-length') omitted.push('response header content-length: it belongs to the connection')
  else if (isExact(match)) then.push(`the response header "${match.name}" is "${match.match.value}"`)
  else if (isAbsent(match)) then.push(`the response header "${match.name}" is absent`)
  else omitted.push(`response header ${JSON.stringify(matcher)}: only equality and absence can be said`)
}

function read(matcher: unknown): HeaderMatch {
  return readHeaderMatch(matcher, 'validate', { file: 'tests', document: 0, resource: 'validate', path: [] })
}

function isExact(match: HeaderMatch): match is HeaderMatch & { readonly match: { readonly kind: 'exact'; readonly value: string } } {
  return match.match.kind === 'exact' && !match.invert && !/["\n]/.test(match.match.value)
}

function isAbsent({ match, invert }: HeaderMatch): boolean {
  return match.kind === 'present' && invert
}

/** `outbound|80|v2|details.prod.svc.cluster.local`, or a name of one's own, which stands for a service of the same name. */
export function clusterNames(destinations: Destinations): (cluster: string) => string | null {
  return (cluster) => {
    const [direction, , subset, host] = cluster.split('|')
    if (direction === 'outbound' && host !== undefined) return destinations.nameOf(host, subset ?? '', 'default')
    return destinations.nameOf(serviceName(cluster), '', 'default')
  }
}

/** A name that Kubernetes takes. */
export function serviceName(cluster: string): string {
  const name = cluster.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-')
  return name.replaceAll(/^-+|-+$/g, '') || 'cluster'
}
