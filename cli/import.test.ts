import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { packageRoot } from '../support/package.ts'

const folder = mkdtempSync(join(tmpdir(), 'meshspec-import-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The built command (npm run build), as a person starts it. */
function meshspec(...args: readonly string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(packageRoot, 'dist', 'cli', 'main.js'), ...args], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return name
}

function written(path: string): string {
  return readFileSync(join(folder, path), 'utf8')
}

const config = file(
  'shop.yaml',
  `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop, namespace: web}
spec:
  hosts: [shop.example.com]
  http:
  - match: [{uri: {prefix: /old}}]
    redirect: {uri: /new, authority: shop.example.com}
  - match: [{uri: {prefix: /api/}, method: {regex: GET|POST}}]
    rewrite: {uri: /v2/}
    headers: {request: {set: {x-from: edge}}, response: {add: {x-by: mesh}}}
    route: [{destination: {host: api, subset: v2, port: {number: 8000}}}]
  - match: [{headers: {x-bot: {exact: "yes"}}}]
    fault: {abort: {percentage: {value: 100}, httpStatus: 403}}
    route: [{destination: {host: site}}]
  - match: [{uri: {prefix: /split}}]
    route: [{destination: {host: api, subset: v1, port: {number: 8000}}, weight: 20}, {destination: {host: api, subset: v2, port: {number: 8000}}, weight: 80}]
  - route: [{destination: {host: site}}]
`,
)

const icv = file(
  'shop_test.yml',
  `testCases:
- description: Old paths are redirected
  wantMatch: true
  request: {authority: [shop.example.com], method: [GET], uri: ['/old?x=1']}
  redirect: {uri: /new, authority: shop.example.com}
- description: The API is rewritten
  wantMatch: true
  request: {authority: [shop.example.com], method: [GET, POST], uri: [/api/a, /api/b]}
  route: [{destination: {host: api.web.svc.cluster.local, subset: v2, port: {number: 8000}}}]
  rewrite: {uri: /v2/}
  headers: {request: {set: {x-from: edge}}, response: {add: {x-by: mesh}}}
- description: Other methods of the API go elsewhere
  wantMatch: false
  request: {authority: [shop.example.com], method: [PUT], uri: [/api/a]}
  route: [{destination: {host: api.web.svc.cluster.local}}]
- description: Bots are refused
  wantMatch: true
  request: {authority: [shop.example.com], method: [GET], uri: [/], headers: {x-bot: "yes"}}
  route: [{destination: {host: site.web.svc.cluster.local}}]
  fault: {abort: {percentage: {value: 100}, httpStatus: 403}}
- description: The API is split
  wantMatch: true
  request: {authority: [shop.example.com], method: [GET], uri: [/split]}
  route:
  - {destination: {host: api.web.svc.cluster.local, subset: v1, port: {number: 8000}}, weight: 20}
  - {destination: {host: api.web.svc.cluster.local, subset: v2, port: {number: 8000}}, weight: 80}
- description: Somebody else's rule
  wantMatch: true
  request: {authority: [shop.example.com], method: [GET], uri: [/]}
  delegate: {name: elsewhere}
`,
)

describe('a suite of istio-config-validator', () => {
  const result = meshspec('import', 'icv', icv, config, `./${icv}`, '--out', 'icv')

  test('becomes scenarios, and what cannot be said is told', () => {
    expect(result.stderr).toBe('')
    expect(result.status).toBe(0)
    expect(result.stdout).toContain('6 tests: 6 scenarios; 2 things are not said')
    expect(result.stdout).toContain("left out: shop_test.yml: Somebody else's rule: the delegate elsewhere")
    expect(result.stdout).toContain('not said: shop_test.yml: Bots are refused: the route: all requests are aborted before it')
    expect(result.stdout).toContain('made up: DestinationRule for api.web.svc.cluster.local')
  })

  test.each([
    '  Scenario: Old paths are redirected\n    When client sends "GET http://shop.example.com/old?x=1"\n    Then the request is redirected to "http://shop.example.com/new?x=1" with status 301\n',
    'Scenario Outline: The API is rewritten (/api/a)',
    'Then the request reaches api.web:v2 as "<method> /v2/a"\n    And the request reaches api.web:v2 with header "x-from" set to "edge"\n    And the response header "x-by" is "mesh"',
    'Then the request does not reach api.web\n',
    'Then the response status is 403\n',
    'sends "GET http://shop.example.com/split" 1000 times\n    Then about 20% of the requests reach api.web:v1\n    And about 80% of the requests reach api.web:v2',
    "# left out: Somebody else's rule",
  ])('writes %j', (text) => {
    expect(written('icv/shop_test.feature')).toContain(text)
  })

  test('that holds', () => {
    const { status, stdout } = meshspec('run', 'icv')
    expect(stdout).toContain('8 scenarios: 8 passed')
    expect(status).toBe(0)
  })
})

describe('lookups of router_check_tool', () => {
  const routes = file(
    'routes.yaml',
    `virtual_hosts:
- name: shop
  domains: [shop.example.com]
  routes:
  - match: {prefix: /a/, case_sensitive: false, headers: [{name: x-env, string_match: {suffix: .test}}]}
    route: {cluster: staging_api, prefix_rewrite: /b/, host_rewrite_literal: api.internal}
    request_headers_to_add: [{header: {key: x-from, value: edge}, append_action: OVERWRITE_IF_EXISTS_OR_ADD}]
  - match: {path_separated_prefix: /s}
    route: {cluster: s}
  - match: {prefix: /, runtime_fraction: {default_value: {numerator: 5}, runtime_key: k}}
    route: {cluster: canary}
  - match: {path: /ping}
    direct_response: {status: 200, body: {inline_string: pong}}
  - match: {prefix: /}
    route: {cluster: site}
- name: other
  domains: ['*']
  require_tls: ALL
  routes: [{match: {prefix: /}, route: {cluster: site}}]
`,
  )
  const tests = file(
    'routes.json',
    JSON.stringify({
      tests: [
        {
          test_name: 'staging',
          input: { authority: 'shop.example.com', path: '/A/x', method: 'PUT', additional_request_headers: [{ key: 'x-env', value: 'a.test' }] },
          validate: {
            cluster_name: 'staging_api',
            host_rewrite: 'api.internal',
            path_rewrite: '/b/x',
            request_header_matches: [{ name: 'x-from', string_match: { exact: 'edge' } }],
          },
        },
        { test_name: 'site', input: { authority: 'shop.example.com', path: '/A/x' }, validate: { cluster_name: 'site' } },
        { test_name: 'segments', input: { authority: 'shop.example.com', path: '/s/x' }, validate: { cluster_name: 's' } },
        {
          test_name: 'ping',
          input: { authority: 'shop.example.com', path: '/ping' },
          validate: { path_redirect: 'http://shop.example.com/ping', code_redirect: 200 },
        },
        { test_name: 'tls', input: { authority: 'other.com', path: '/' }, validate: { path_redirect: 'https://other.com/' } },
        { test_name: 'share', input: { authority: 'other.com', path: '/', random_value: 3 }, validate: { cluster_name: 'x' } },
      ],
    }),
  )
  const result = meshspec('import', 'router-check', routes, tests, '--out', 'lookups')

  test('become scenarios on VirtualServices', () => {
    expect(result.stderr).toBe('')
    expect(result.stdout).toContain('6 tests: 4 scenarios; 2 things are not said')
    expect(result.stdout).toContain(
      'left out: routes.json: segments: its route is not converted: match.path_separated_prefix: Istio has prefixes by characters only',
    )
    expect(result.stdout).toContain('left out: routes.json: share: random_value')
    expect(result.stdout).toContain('not converted: virtual_hosts[0].routes[2]: it depends on the runtime')
    expect(written('lookups/routes.feature')).toContain('the request reaches staging-api as "PUT http://api.internal/b/x"')
  })

  test('that hold', () => {
    expect(meshspec('run', 'lookups').stdout).toContain('4 scenarios: 4 passed')
  })
})

test.each([
  [['import', 'nonsense', icv, '--out', 'x'], 'there is no format "nonsense"'],
  [['import', 'icv', config, '--out', 'x'], 'none of the files holds tests'],
  [['import', 'icv', 'nowhere.yml', '--out', 'x'], 'FILE_NOT_FOUND'],
  [['import', 'icv', file('bad.yml', 'testCases: [{descripton: t}]'), '--out', 'x'], 'bad.yml:1:14 UNKNOWN_FIELD'],
  [['import', 'icv', icv], '--out'],
])('%j: %s', (args, message) => {
  const { status, stderr } = meshspec(...args)
  expect(stderr).toContain(message)
  expect(status).toBe(2)
})
