import type { Draw } from '../draw.ts'
import { headers } from './envoy-filter-places.ts'
import type { Json } from './matches.ts'

export const toC = 'outbound|80||c.default.svc.cluster.local'

export const weighted = (draw: Draw, name: string): Json => ({
  name,
  weight: draw.one([1, 2]),
  ...draw.maybe(0.3, () => ({ request_headers_to_add: [{ header: { key: 'x-patched', value: 'weighted' } }] })),
})

export const headerMatch = (draw: Draw): Json => ({
  name: draw.one(['x-user', 'x-user', 'end-user', ':method']),
  ...draw.one<Json>([
    { string_match: { exact: 'jason' } },
    { string_match: { contains: 'AS', ignore_case: true } },
    { string_match: { safe_regex: { regex: 'j.*' } } },
    { present_match: draw.chance(0.5) },
    { range_match: { start: 0, end: 10 } },
    {},
  ]),
  ...draw.maybe(0.3, () => ({ invert_match: true })),
  ...draw.maybe(0.3, () => ({ treat_missing_header_as_empty: true })),
})

const queryMatch = (draw: Draw): Json => ({
  name: draw.one(['q', 'x']),
  ...draw.one<Json>([
    { string_match: { exact: '1' } },
    { string_match: { prefix: 'V', ignore_case: true } },
    { present_match: draw.chance(0.5) },
    {},
  ]),
})

const conditions = (draw: Draw): Json => ({
  ...draw.maybe(0.3, () => ({ headers: draw.many(1, 2, () => headerMatch(draw)) })),
  ...draw.maybe(0.2, () => ({ query_parameters: [queryMatch(draw)] })),
})

export const mergedMatch = (draw: Draw): Json =>
  draw.one<Json>([
    { prefix: '/v1' },
    { path: '/v1' },
    { safe_regex: { regex: '/v[12].*' } },
    { path_separated_prefix: '/v1' },
    { headers: [headerMatch(draw)] },
    { query_parameters: [queryMatch(draw)] },
    { prefix: '/V1', case_sensitive: draw.chance(0.5) },
  ])

const madeRedirect = (draw: Draw): Json => ({
  ...draw.one<Json>([
    { path_redirect: draw.one(['/else', '/else?x=2']) },
    { prefix_rewrite: '/else' },
    { regex_rewrite: { pattern: { regex: '^/v(.)' }, substitution: '/else/\\1' } },
  ]),
  ...draw.one<Json>([{}, { https_redirect: true }, { host_redirect: 'else.test', port_redirect: 8443 }]),
  ...draw.maybe(0.4, () => ({ strip_query: true })),
  ...draw.maybe(0.5, () => ({ response_code: draw.one(['FOUND', 'SEE_OTHER', 'PERMANENT_REDIRECT']) })),
})

export const hostRewrite = (draw: Draw): Json => ({
  ...draw.one<Json>([
    { host_rewrite_header: 'x-user' },
    { host_rewrite_literal: 'patched.test' },
    { host_rewrite_path_regex: { pattern: { regex: '^/([a-z]+).*$' }, substitution: '\\1.test' } },
  ]),
  ...draw.maybe(0.5, () => ({ append_x_forwarded_host: true })),
})

export const made = (draw: Draw, id: string): Json => ({
  name: `made-${id}`,
  match: { ...draw.one<Json>([{ prefix: '/v1' }, { prefix: '/' }, { path: '/made' }, { path_separated_prefix: '/api' }]), ...conditions(draw) },
  ...draw.one<Json>([
    { direct_response: { status: 418, body: { inline_string: id } } },
    { route: { cluster: toC, ...draw.maybe(0.3, () => ({ prefix_rewrite: '/made' })), ...draw.maybe(0.3, () => hostRewrite(draw)) } },
    { redirect: madeRedirect(draw) },
  ]),
  ...draw.maybe(0.3, () => headers(draw, id)),
})
