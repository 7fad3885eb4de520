import { NotUnderstood } from '../../../mesh-core/envoy/fields.ts'
import type { ForwardAction, HeaderMatch, HeaderMutations, PathMatch, RedirectAction, Route, StringMatch } from '../../../mesh-core/ir/index.ts'
import { serviceName } from './expectations.ts'
import { headerOperations } from './header-operations.ts'

type Fields = Readonly<Record<string, unknown>>

/** A route as an entry of `http`. @param around what its host does with headers, and then its table @throws NotUnderstood for what Istio has no field for */
export function httpRule(route: Route, around: readonly HeaderMutations[]): Fields {
  const { action, requestHeaders, responseHeaders } = route
  const match = httpMatch(route)
  const headers = headerOperations([{ request: requestHeaders, response: responseHeaders }, ...around])
  return {
    ...(route.name === '' ? {} : { name: route.name }),
    ...(Object.keys(match).length === 0 ? {} : { match: [match] }),
    ...(action.kind === 'forward'
      ? forward(action)
      : action.kind === 'redirect'
        ? { redirect: redirect(action) }
        : { directResponse: direct(action) }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
  }
}

function httpMatch({ match: { path, headers, query } }: Route): Fields {
  const fields: Record<string, unknown> = { ...uri(path) }
  for (const header of headers) addHeader(fields, header)
  if (query.some(({ invert }) => invert)) throw new NotUnderstood('match.query_parameters.present_match', 'Istio asks for no parameter to be missing')
  if (query.length > 0) fields['queryParams'] = Object.fromEntries(query.map(({ name, match }) => [name, stringMatch(match)]))
  return fields
}

function uri(path: PathMatch): Fields {
  if (path.kind === 'regex') return { uri: { regex: path.pattern } }
  if (path.kind === 'segments') throw new NotUnderstood('match.path_separated_prefix', 'Istio has prefixes by characters only')
  if (path.kind === 'prefix' && path.prefix === '/') return {}
  const text = path.kind === 'exact' ? { exact: path.path } : { prefix: path.prefix }
  return { uri: text, ...(path.ignoreCase ? { ignoreUriCase: true } : {}) }
}

const pseudo: Readonly<Record<string, string>> = { ':method': 'method', ':authority': 'authority', ':scheme': 'scheme' }

function addHeader(fields: Record<string, unknown>, { name, match, invert, treatMissingAsEmpty }: HeaderMatch): void {
  if (match.kind === 'range') throw new NotUnderstood('match.headers.range_match', 'Istio compares texts only')
  if (invert !== treatMissingAsEmpty && match.kind !== 'present')
    throw new NotUnderstood(`match.headers ${name}`, 'Istio takes a missing header for an empty one just where it inverts')
  const field = pseudo[name]
  if (field && !invert) {
    // Every request has it.
    if (match.kind !== 'present') fields[field] = stringMatch(match)
    return
  }
  const kind = invert ? 'withoutHeaders' : 'headers'
  const group = (fields[kind] ?? {}) as Record<string, unknown>
  if (Object.hasOwn(group, name)) throw new NotUnderstood(`match.headers ${name}`, 'Istio has one condition for each header')
  fields[kind] = { ...group, [name]: stringMatch(match) }
}

function stringMatch(match: StringMatch): Fields {
  switch (match.kind) {
    case 'present':
      return {}
    case 'regex':
      return { regex: match.pattern }
    case 'exact':
      return match.ignoreCase ? { regex: `(?i)${quoted(match.value)}` } : { exact: match.value }
    case 'prefix':
      return match.ignoreCase ? { regex: `(?i)${quoted(match.value)}.*` } : { prefix: match.value }
    case 'suffix':
      return { regex: `${match.ignoreCase ? '(?i)' : ''}.*${quoted(match.value)}` }
    case 'contains':
      return { regex: `${match.ignoreCase ? '(?i)' : ''}.*${quoted(match.value)}.*` }
  }
}

/** A text as a regex of RE2. */
function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function forward({ clusters, clusterHeader, pathRewrite, hostRewrite, tellsForwardedHost }: ForwardAction): Fields {
  if (clusterHeader !== undefined) throw new NotUnderstood('route.cluster_header', 'Istio has no such thing')
  if (typeof hostRewrite === 'object' && hostRewrite !== null) throw new NotUnderstood('route.host_rewrite', 'Istio knows the host in advance')
  if (tellsForwardedHost) throw new NotUnderstood('route.append_x_forwarded_host', 'Istio has no such thing')
  const rewrite = {
    ...(pathRewrite?.kind === 'prefix' ? { uri: pathRewrite.replacement } : {}),
    ...(pathRewrite?.kind === 'regex' ? { uriRegexRewrite: { match: pathRewrite.pattern, rewrite: pathRewrite.substitution } } : {}),
    ...(hostRewrite === null ? {} : { authority: hostRewrite }),
  }
  const route = clusters.map(({ cluster, weight, requestHeaders, responseHeaders }) => {
    const headers = headerOperations([{ request: requestHeaders, response: responseHeaders }])
    return {
      destination: { host: serviceName(cluster) },
      ...(clusters.length > 1 ? { weight } : {}),
      ...(Object.keys(headers).length === 0 ? {} : { headers }),
    }
  })
  return { route, ...(Object.keys(rewrite).length === 0 ? {} : { rewrite }) }
}

function redirect({ status, scheme, host, port, path, stripsQuery }: RedirectAction): Fields {
  if (path?.kind === 'regex') throw new NotUnderstood('redirect.regex_rewrite', 'Istio redirects to a whole path or by prefix')
  if (stripsQuery) throw new NotUnderstood('redirect.strip_query', 'Istio keeps the query')
  return {
    ...(status === 301 ? {} : { redirectCode: status }),
    ...(scheme === null ? {} : { scheme }),
    ...(host === null ? {} : { authority: host }),
    ...(port === null ? {} : { port }),
    ...(path === null ? {} : path.kind === 'full' ? { uri: path.path } : { prefixRewrite: path.replacement }),
  }
}

function direct({ status, body }: { readonly status: number; readonly body: string | null }): Fields {
  return { status, ...(body === null ? {} : { body: { string: body } }) }
}
