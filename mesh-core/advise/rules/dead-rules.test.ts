import { describe, expect, test } from 'vitest'
import { Inventory } from '../../analyze/inventory.ts'
import { describeEvidence } from '../../analyze/describe.ts'
import { readText } from '../../config/read.ts'
import { formatPath } from '../../ir/origin.ts'
import { advise } from '../advise.ts'
import { deadRules } from './dead-rules.ts'

async function told(yaml: string, whole = false): Promise<string[]> {
  const { resources, errors } = readText(yaml, 'a.yaml')
  expect(errors).toEqual([])
  const messages = await advise(new Inventory(resources, { nowMs: 0, whole, manifests: true }), [deadRules])
  return messages.map(({ code, level, path, proof = [] }) => [level, code, formatPath(path), ...proof.map(describeEvidence)].join(' | '))
}

/** Rules that lead to `a`, `b`, `c` … in their order. */
function shop(matches: readonly string[], more = 'hosts: [shop]'): string {
  const rules = matches.map(
    (match, i) => `    - ${match === '' ? '' : `match: [${match}]\n      `}route: [{destination: {host: ${'abcdefgh'[i]}}}]\n`,
  )
  return `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: shop}\nspec:\n  ${more}\n  http:\n${rules.join('')}`
}

describe('rules of a VirtualService', () => {
  const cases: readonly { about: string; rules: readonly string[]; spec?: string; found: readonly string[]; whole?: boolean }[] = [
    { about: 'special ones before general ones', rules: ['{uri: {exact: /a}}', '{uri: {prefix: /a}}', ''], found: [] },
    { about: 'a header before the rest', rules: ['{headers: {u: {exact: jason}}}', ''], found: [] },
    { about: 'a claim of a token before the rest', rules: ['{headers: {"@request.auth.claims.a": {exact: x}}}', ''], found: [] },
    {
      about: 'a claim does not keep a rule alive that all requests of its path are taken from',
      rules: ['{uri: {prefix: /a}}', '{uri: {prefix: /a/b}, headers: {"@request.auth.claims.a": {exact: x}}}'],
      found: ['warning | DEAD_RULE | spec.http[1] | GET http://shop/a/b with @request.auth.claims.a: x → http[0] takes it'],
    },
    {
      about: 'a prefix by characters takes more than is meant',
      rules: ['{uri: {prefix: /api}}', '{uri: {prefix: /apis}}'],
      found: ['warning | DEAD_RULE | spec.http[1] | GET http://shop/apis → http[0] takes it'],
    },
    {
      about: 'two take together what no one of them does',
      rules: ['{headers: {u: {}}}', '{withoutHeaders: {u: {}}}', '{uri: {prefix: /a}}'],
      found: ['warning | DEAD_RULE | spec.http[2] | GET http://shop/a with u: x → http[0] takes it | GET http://shop/a → http[1] takes it'],
    },
    {
      about: 'one match of two',
      rules: ['{uri: {prefix: /a}}', '{uri: {exact: /a/b}}, {uri: {exact: /c}}'],
      found: ['warning | DEAD_MATCH | spec.http[1].match[0] | GET http://shop/a/b → http[0] takes it'],
    },
    {
      about: 'a match that the rule itself has taken',
      rules: ['{uri: {prefix: /a}}, {uri: {prefix: /a/b}}'],
      found: ['info | DEAD_MATCH | spec.http[0].match[1] | GET http://shop/a/b → http[0].match[0] takes it'],
    },
    {
      about: 'rules that cross',
      rules: ['{headers: {u: {exact: jason}}}', '{uri: {prefix: /admin}}', ''],
      found: ['info | SHADOWED_RULE | spec.http[1].match[0] | GET http://shop/admin with u: jason → http[0] takes it'],
    },
    {
      about: 'two values of one header cross only where it is sent twice, which is no news',
      rules: ['{headers: {u: {exact: a}}}', '{headers: {u: {exact: b}}}', ''],
      found: [],
    },
    {
      about: 'only a header that is sent twice comes here',
      rules: ['{withoutHeaders: {u: {exact: b}}}', '{headers: {u: {exact: a}}}'],
      found: ['warning | SHADOWED_RULE | spec.http[1].match[0] | GET http://shop/ with u: a → http[0] takes it'],
    },
    {
      about: 'of those that Envoy joins nothing comes here',
      rules: ['{withoutHeaders: {user-agent: {exact: b}}}', '{headers: {user-agent: {exact: a}}}'],
      found: ['warning | DEAD_RULE | spec.http[1] | GET http://shop/ with user-agent: a → http[0] takes it'],
    },
    { about: 'GET is not every method', rules: ['{uri: {prefix: /a}, method: {exact: GET}}', '{uri: {prefix: /a/b}}'], found: ['info | SHADOWED_RULE | spec.http[1].match[0] | GET http://shop/a/b → http[0] takes it'] }, // prettier-ignore
    {
      about: 'a longer value does not cover a shorter one',
      rules: ['{headers: {u: {exact: jason-x}}}', '{headers: {u: {exact: jason}}}'],
      found: [],
    },
    { about: 'a path without a slash', rules: ['{uri: {prefix: api}}'], found: ['warning | DEAD_RULE | spec.http[0]'] },
    {
      about: 'ports and labels',
      rules: ['{port: 80, uri: {prefix: /a}}', '{sourceLabels: {app: web}, uri: {exact: /a}, port: 80}', '{port: 81, uri: {exact: /a}}'],
      found: ['warning | DEAD_RULE | spec.http[1] | a pod of default with app=web: GET http://shop/a → http[0] takes it'],
    },
    {
      about: 'a gateway of a match',
      spec: 'hosts: [shop.example.com]\n  gateways: [gw, mesh]',
      rules: ['{gateways: [gw]}', '{gateways: [mesh]}', '{uri: {exact: /a}}'],
      found: [
        'warning | DEAD_RULE | spec.http[2] | gateway default/gw: GET http://shop.example.com/a → http[0] takes it | a sidecar: GET http://shop.example.com/a → http[1] takes it',
      ],
    },
    {
      about: 'a gateway that it is not bound to',
      spec: 'hosts: [shop.example.com]\n  gateways: [gw]',
      rules: ['{gateways: [mesh], uri: {exact: /a}}', ''],
      found: ['warning | DEAD_RULE | spec.http[0]'],
    },
    {
      about: 'a Host that leads elsewhere',
      spec: 'hosts: [a.example.com, b.example.com]\n  gateways: [gw]',
      rules: ['{authority: {exact: c.example.com}}', '{authority: {prefix: b.}}', ''],
      found: ['warning | DEAD_RULE | spec.http[0]'],
    },
    { about: 'names of a service', rules: ['{authority: {exact: "shop.default:80"}}', ''], whole: true, found: [] },
    { about: 'no name of it', rules: ['{authority: {exact: "shop.prod"}}', ''], whole: true, found: ['warning | DEAD_RULE | spec.http[0]'] },
    { about: 'names that may be known elsewhere', rules: ['{authority: {exact: "shop.prod"}}', ''], found: [] },
    {
      about: 'two that do the same',
      rules: ['{uri: {regex: "/v[0-9]+/.*"}}', '{uri: {regex: "/v1/.*"}}'],
      found: ['warning | DEAD_RULE | spec.http[1] | GET http://shop/v1/ → http[0] takes it'],
    },
    { about: 'what cannot be decided', rules: ['{uri: {exact: /a}}', '{headers: {":path": {exact: /a}}}'], found: ['info | UNDECIDED_RULE | spec.http[1].match[0]'] }, // prettier-ignore
  ]
  test.each(cases)('$about', async ({ rules, spec, found, whole }) => expect(await told(shop(rules, spec), whole)).toEqual(found))
})

const delegate = (name: string, spec: string): string =>
  `---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: ${name}}\nspec: {${spec}}\n`

test('what is dead below one root and alive below another is alive', async () => {
  const leaf = delegate('leaf', 'http: [{match: [{uri: {prefix: /a}}], route: [{destination: {host: x}}]}]')
  const root = (name: string, before: string): string =>
    delegate(name, `hosts: [${name}.example.com], http: [{match: [{uri: {prefix: ${before}}}], route: [{destination: {host: z}}]}, {delegate: {name: leaf}}]`) // prettier-ignore
  expect(await told(leaf + root('one', '/a'))).toEqual([
    'warning | DEAD_RULE | spec.http[0] | GET http://one.example.com/a → http[0] of VirtualService default/one takes it',
  ])
  expect(await told(leaf + root('one', '/a') + root('two', '/b'))).toEqual([])
})

test('rules of routes and Ingresses, whose order is not that of the file', async () => {
  const route = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  parentRefs: [{kind: Service, group: "", name: shop}]
  rules:
    - matches: [{path: {type: PathPrefix, value: /a}}]
      backendRefs: [{name: a, port: 80}]
    - matches: [{path: {type: Exact, value: /a}}]
      backendRefs: [{name: b, port: 80}]
    - matches: [{path: {type: PathPrefix, value: /a}}]
      backendRefs: [{name: c, port: 80}]
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {ports: [{port: 80, name: http}]}
`
  expect(await told(route)).toEqual(['warning | DEAD_RULE | spec.rules[2] | GET http://shop/a/x → rules[0] takes it'])
  const alone = route.split('---\n')[0]!.replace('{kind: Service, group: "", name: shop}', '{name: gw}')
  expect(await told(alone)).toEqual(['warning | DEAD_RULE | spec.rules[2] | gateway default/gw: GET http://example.com/a/x → rules[0] takes it'])
  const ingress = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, annotations: {kubernetes.io/ingress.class: istio}}
spec:
  rules:
    - http:
        paths:
          - {path: /a, pathType: Prefix, backend: {service: {name: a, port: {number: 80}}}}
          - {path: /a, pathType: Prefix, backend: {service: {name: b, port: {number: 80}}}}
`
  expect(await told(ingress)).toEqual(['warning | DEAD_RULE | spec.rules[0].http.paths[1] | the ingress gateway: GET http://example.com/a → rules[0].http.paths[0] takes it']) // prettier-ignore
})

test('a VirtualService of thousands of rules is looked at in a moment', async () => {
  const matches = Array.from({ length: 2000 }, (_, i) => `{uri: {prefix: /p${i}/}}, {headers: {tenant: {exact: t${i}}}}`)
  const rules = matches.map((match, i) => `    - match: [${match}]\n      route: [{destination: {host: s${i}}}]\n`).join('')
  const found = await told(`apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: w}\nspec:\n  hosts: [w]\n  http:\n${rules}`)
  expect(found.length).toBe(1999)
}, 60_000)
