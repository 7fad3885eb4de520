import { describe, expect, test } from 'vitest'
import { parseDocument } from '../../mesh-core/config/yaml/parse.ts'
import { readRouteConfiguration } from '../../mesh-core/envoy/route-configuration.ts'
import { runTest } from './family.ts'
import type { RouterCheckInput, RouterCheckWanted } from './vector.ts'

function differences(config: string, input: Partial<RouterCheckInput>, validate: RouterCheckWanted, expectPass = true) {
  const vector = { test_name: 'test', input: { authority: 'a', path: '/', method: 'GET', ...input }, validate }
  return runTest(vector, (now) => readRouteConfiguration(parseDocument(config), 'config.yaml', now), expectPass)
}

const to = (routes: string, host = '') => `virtual_hosts: [{name: h, domains: ['*']${host}, routes: [${routes}]}]`
const rest = '{match: {prefix: /}, route: {cluster: rest}}'

describe('a route', () => {
  const weighted = to(
    '{match: {prefix: /}, route: {weighted_clusters: {clusters: [{name: a, weight: 10}, {name: b, weight: 0}, {name: c, weight: 30}]}}}',
  )
  test.each([
    [0, 'a'],
    [9, 'a'],
    [10, 'c'],
    [39, 'c'],
    [40, 'a'],
    ['95', 'c'],
  ])('draws %s of weighted clusters', (random_value, cluster_name) => {
    expect(differences(weighted, { random_value }, { cluster_name })).toEqual([])
  })

  const fraction = (numerator: number) =>
    to(
      `{match: {prefix: /, runtime_fraction: {default_value: {numerator: ${numerator}, denominator: HUNDRED}, runtime_key: k}}, route: {cluster: hit}}, ${rest}`,
    )
  test.each([
    [30, { runtime: 'k', random_value: 29 }, 'hit'],
    [30, { runtime: 'k', random_value: 30 }, 'rest'],
    [30, { runtime: 'other', random_value: 0 }, 'rest'],
    [30, {}, 'rest'],
    [0, { runtime: 'k', random_value: 0 }, 'hit'],
    [0, { runtime: 'k', random_value: 1 }, 'rest'],
  ])('with a fraction of %d and %o goes to %s', (numerator, input, cluster_name) => {
    expect(differences(fraction(numerator), input, { cluster_name })).toEqual([])
  })

  const metadata = (matcher: string) => to(`{match: {prefix: /, dynamic_metadata: [{filter: f, ${matcher}}]}, route: {cluster: hit}}, ${rest}`)
  const nested = [{ metadata_namespace: 'f', value: { a: { b: 'x' } } }]
  test.each([
    ['path: [{key: a}, {key: b}], value: {string_match: {exact: x}}', nested, 'hit'],
    ['path: [{key: a}, {key: b}], value: {string_match: {exact: y}}', nested, 'rest'],
    ['path: [{key: a}, {key: b}], value: {string_match: {exact: y}}, invert: true', nested, 'hit'],
    ['path: [{key: a}], value: {string_match: {exact: x}}', [], 'rest'],
    ['path: [{key: a}, {key: c}], value: {present_match: true}', nested, 'rest'],
    [
      'path: [{key: a}], value: {double_match: {range: {start: 1, end: 3}}}',
      [
        { metadata_namespace: 'f', value: { a: 2 } },
        { metadata_namespace: 'f', value: { a: 5 } },
      ],
      'hit',
    ],
    [
      'path: [{key: a}], value: {double_match: {exact: 5}}',
      [
        { metadata_namespace: 'f', value: { a: 2 } },
        { metadata_namespace: 'f', value: { a: 5 }, allow_overwrite: true },
      ],
      'hit',
    ],
  ])('with metadata %s', (matcher, dynamic_metadata, cluster_name) => {
    expect(differences(metadata(matcher), { dynamic_metadata }, { cluster_name })).toEqual([])
  })

  test.each([
    ['range_match: {start: 1, end: 10}', '9', 'hit'],
    ['range_match: {start: 1, end: 10}', '10', 'rest'],
    ['range_match: {start: 1, end: 10}', '9.5', 'rest'],
    ['range_match: {start: 1, end: 10}, invert_match: true', '10', 'hit'],
    ['prefix_match: ab', 'abc', 'hit'],
    ['string_match: {contains: B, ignore_case: true}', 'abc', 'hit'],
    ['safe_regex_match: {regex: "a.c"}', 'abcd', 'rest'],
    ['present_match: false', 'x', 'rest'],
    ['present_match: false, treat_missing_header_as_empty: true', null, 'rest'],
    ['present_match: true, treat_missing_header_as_empty: true', null, 'hit'],
    ['string_match: {exact: ab}, invert_match: true', null, 'rest'],
    ['string_match: {exact: ab}, invert_match: true, treat_missing_header_as_empty: true', null, 'hit'],
  ])('with the header matcher %s and "%s"', (matcher, value, cluster_name) => {
    const config = to(`{match: {prefix: /, headers: [{name: X, ${matcher}}]}, route: {cluster: hit}}, ${rest}`)
    expect(differences(config, { additional_request_headers: value === null ? [] : [{ key: 'x', value }] }, { cluster_name })).toEqual([])
  })

  test.each([
    ['/?a=1', 'rest'],
    ['/?a', 'rest'],
    ['/?b=1', 'hit'],
  ])('with a parameter that is not to be there: %s', (path, cluster_name) => {
    const config = to(`{match: {prefix: /, query_parameters: [{name: a, present_match: false}]}, route: {cluster: hit}}, ${rest}`)
    expect(differences(config, { path }, { cluster_name })).toEqual([])
  })

  test.each([
    ['host_rewrite_header: X-To', [{ key: 'x-to', value: 'other' }], 'other'],
    ['host_rewrite_header: X-To', [], 'a'],
    ['host_rewrite_path_regex: {pattern: {regex: "^/(.+)/.+$"}, substitution: \\1}', [], 'x'],
  ])('takes the host from elsewhere: %s', (rewrite, additional_request_headers, host_rewrite) => {
    const config = to(`{match: {prefix: /}, route: {cluster: c, ${rewrite}}}`)
    expect(differences(config, { path: '/x/y', additional_request_headers }, { host_rewrite })).toEqual([])
  })

  test.each([
    ['', 'http://new/b?x=1'],
    [', strip_query: true', 'http://new/b'],
    [', path_redirect: "/p?y=2", strip_query: true', 'http://new/p?y=2'],
    [', prefix_rewrite: /q, strip_query: true', 'http://new/q'],
  ])('redirects with the query, or without: %s', (more, path_redirect) => {
    const config = to(`{match: {prefix: /b}, redirect: {host_redirect: new${more}}}`)
    expect(differences(config, { path: '/b?x=1' }, { path_redirect })).toEqual([])
  })

  test('redirects by a regex, and to another port', () => {
    const config = to(
      '{match: {prefix: /a}, redirect: {regex_rewrite: {pattern: {regex: "^/a/(.*)$"}, substitution: "/b/\\\\1"}, port_redirect: 8443, https_redirect: true}}',
    )
    expect(differences(config, { path: '/a/c?x=1' }, { path_redirect: 'https://a:8443/b/c?x=1', code_redirect: 301 })).toEqual([])
  })

  test('undoes and overwrites headers from the inside outwards', () => {
    const add = (value: string, more = '') => `response_headers_to_add: [{header: {key: x, value: ${value}}${more}}]`
    const route = `{match: {prefix: /}, route: {cluster: c}, ${add('route')}}`
    const wants = (exact: string) => ({ response_header_matches: [{ name: 'x', string_match: { exact } }] })
    expect(differences(to(route, `, ${add('host')}`), {}, wants('route'))).toEqual([])
    expect(differences(to(route, `, ${add('host', ', append_action: OVERWRITE_IF_EXISTS_OR_ADD')}`), {}, wants('route'))).toHaveLength(1)
    expect(differences(to(route, ', response_headers_to_remove: [X]'), {}, wants('route'))).toHaveLength(1)
  })

  const levels = (action: string, more = '', value = '"%REQ(x)%t"') =>
    `request_headers_to_add: [{header: {key: x, value: ${value}}, append_action: ${action}}]${more}, ${to(
      '{match: {prefix: /}, route: {cluster: c}, request_headers_to_add: [{header: {key: x, value: "%REQ(x)%r"}, append_action: OVERWRITE_IF_EXISTS_OR_ADD}]}',
      ', request_headers_to_add: [{header: {key: x, value: "%REQ(x)%h"}, append_action: OVERWRITE_IF_EXISTS}]',
    )}`
  test.each([
    ['each sees what the one before has left', levels('OVERWRITE_IF_EXISTS_OR_ADD'), 'crht'],
    ['the most specific last', levels('OVERWRITE_IF_EXISTS_OR_ADD', ', most_specific_header_mutations_wins: true'), 'cthr'],
    ['what is there is not added', levels('ADD_IF_ABSENT'), 'crh'],
    ['what is empty is not written', levels('OVERWRITE_IF_EXISTS_OR_ADD', '', '""'), 'crh'],
  ])('does the operations of levels in turn: %s', (_, config, exact) => {
    const request_header_matches = [{ name: 'x', string_match: { exact } }]
    expect(differences(`{${config}}`, { additional_request_headers: [{ key: 'x', value: 'c' }] }, { request_header_matches })).toEqual([])
  })

  test('writes what is empty where it is told to', () => {
    const config = to('{match: {prefix: /}, route: {cluster: c}, request_headers_to_add: [{header: {key: x, value: ""}, keep_empty_value: true}]}')
    expect(differences(config, {}, { request_header_matches: [{ name: 'x', present_match: true }] })).toEqual([])
  })
})

test('a field that is not understood fails the lookup, and says where', () => {
  const config = to('{match: {prefix: /}, route: {cluster: c, inline_cluster_specifier_plugin: {}}}')
  expect(differences(config, {}, { cluster_name: 'c' })).toMatchObject([
    { field: 'config', seen: 'virtual_hosts[0].routes[0].route.inline_cluster_specifier_plugin: this field is not understood' },
  ])
})

test('a test that is to fail fails when everything holds, or a header does', () => {
  const header = { name: ':path', string_match: { exact: '/' } }
  expect(differences(to(rest), {}, { cluster_name: 'rest' }, false)).toHaveLength(1)
  expect(differences(to(rest), {}, { cluster_name: 'other' }, false)).toEqual([])
  expect(differences(to(rest), {}, { cluster_name: 'other', request_header_matches: [header] }, false)).toHaveLength(1)
})
