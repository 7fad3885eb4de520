import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readText } from '../config/read.ts'
import { runAnalyzers } from './run-analyzers.ts'
import { analyzers, furtherAnalyzers } from './analyzers.ts'
import { analyzeClusters } from './clusters.ts'
import { describeMessage } from './describe.ts'
import type { InventoryOptions } from './inventory.ts'
import { Inventory } from './inventory.ts'
import type { Message } from './message.ts'
import { messageTypes } from './message-types.ts'

const nowMs = Date.parse('2026-01-01T00:00:00Z')

function messagesOf(yaml: string, options: Partial<InventoryOptions> = {}): readonly Message[] {
  const { resources, errors } = readText(yaml, 'example.yaml')
  expect(errors).toEqual([])
  return runAnalyzers(new Inventory(resources, { nowMs, whole: false, manifests: true, ...options }), [...analyzers, ...furtherAnalyzers])
}

const [, documented = ''] = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8').split(/^## Analysis$|^## Rules and traps$/m)
const entries = documented
  .split(/^### /m)
  .slice(1)
  .map((text) => ({
    code: /^`(IST\d+)`/.exec(text)?.[1] ?? text.slice(0, 40),
    text,
    yaml: /^```yaml\n([\s\S]*?)^```$/m.exec(text)?.[1] ?? null,
    printed: /^```text\n([\s\S]*?)\n```$/m.exec(text)?.[1] ?? null,
  }))

test('docs/errors.md has an entry for each code, with its name and level', () => {
  expect(entries.map(({ code }) => code)).toEqual(Object.values(messageTypes).map(({ code }) => code))
  for (const { code, name, level } of Object.values(messageTypes))
    expect(entries.find((entry) => entry.code === code)?.text).toContain(`${name} (${level}).`)
})

describe('each example prints what the entry shows', () => {
  const examples = entries.filter(({ yaml, text }) => yaml !== null && !text.includes('--cluster'))
  test.each(examples)('$code', ({ code, yaml, printed }) => {
    const messages = messagesOf(yaml!).filter((message) => message.code === code)
    expect(messages.map(describeMessage).join('\n')).toBe(printed)
  })
})

test('the example of several clusters prints what the entry shows', () => {
  const { yaml, printed } = entries.find(({ code }) => code === 'IST0170')!
  const clusters = yaml!.split(/^---\n/m).map((text) => {
    const [, file = '', name = ''] = /^# (clusters\/(\w+)\/\S+)/.exec(text)!
    return { name, resources: readText(text, file).resources }
  })
  expect(analyzeClusters(clusters).map(describeMessage).join('\n')).toBe(printed)
})

const services =
  'apiVersion: v1\nkind: Service\nmetadata: {name: reviews}\nspec: {ports: [{port: 80, name: http}]}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: ratings, namespace: prod}\n'
const subsets =
  'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: reviews}\nspec: {host: reviews, subsets: [{name: v1}, {name: v2}]}\n'
const gateway =
  'apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: gw}\nspec: {servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}\n'
const external =
  'apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: ext}\nspec: {hosts: ["*.example.com"], ports: [{number: 80, name: http, protocol: HTTP}]}\n'
const rule = (name: string, spec: string): string =>
  `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: ${name}}\nspec: ${spec}\n`
const to = (destination: string): string => rule('vs', `{hosts: [reviews], http: [{route: [{destination: ${destination}}]}]}`)
const bound = (...gateways: string[]): string => rule('vs', `{hosts: [a.com], gateways: [${gateways.join(', ')}], http: [{redirect: {uri: /}}]}`)

describe('what is taken to live elsewhere', () => {
  const missing = ['there is no host "review"']
  const cases: readonly { about: string; documents: string[]; found: string[]; whole?: boolean }[] = [
    { about: 'all there', documents: [services, subsets, to('{host: reviews, subset: v2}')], found: [] },
    { about: 'an unknown host', documents: [services, to('{host: review}')], found: missing },
    { about: 'a name with a dot is no short name', documents: [services, to('{host: ratings.prod}')], found: ['there is no host "ratings.prod"'] },
    { about: 'a host below a wildcard of a ServiceEntry', documents: [external, to('{host: api.example.com}')], found: [] },
    { about: 'no services at all', documents: [to('{host: review}')], found: [] },
    { about: 'no services at all, and that is the whole mesh', documents: [to('{host: review}')], whole: true, found: missing },
    { about: 'services of a namespace that has none', documents: [services, to('{host: a.test.svc.cluster.local}')], found: [] },
    { about: 'a ServiceEntry alone says nothing of the services', documents: [external, to('{host: reviews}')], found: [] },
    { about: 'an unknown subset', documents: [subsets, to('{host: reviews, subset: v3}')], found: ['there is no subset "reviews+v3"'] },
    { about: 'a subset without a DestinationRule for its host', documents: [subsets, to('{host: ratings, subset: v3}')], found: [] },
    { about: 'gateways by their names', documents: [gateway, bound('gw', 'default/gw', 'mesh')], found: [] },
    { about: 'an unknown gateway', documents: [gateway, bound('gateway')], found: ['there is no gateway "gateway"'] },
    { about: 'gateways of a namespace that has none', documents: [gateway, bound('other/gw')], found: [] },
    { about: 'the same in the whole mesh', documents: [gateway, bound('other/gw')], whole: true, found: ['there is no gateway "other/gw"'] },
  ]
  test.each(cases)('$about', ({ documents, found, whole = false }) => {
    const messages = messagesOf(documents.join('---\n'), { whole }).filter(
      ({ code, resource }) => code === 'IST0101' && resource.kind === 'VirtualService',
    )
    expect(messages.map(({ text }) => text)).toEqual(found)
  })
})

test('a hint says what is meant', () => {
  const [message] = messagesOf([services, to('{host: ratings.prod}')].join('---\n')).filter(({ code }) => code === 'IST0101')
  expect(message?.hint).toBe('write ratings.prod.svc.cluster.local: a name with a dot is taken as it is written')
})

test.each([
  ['{host: shop, subset: V1}', 'did you mean "v1"?'],
  ['{host: shop, subset: canary}', 'subsets of shop: v1, v2'],
  ['{host: shpo, subset: v2}', 'did you mean the host "shop"? It has a subset v2'],
  ['{host: shpo.default.svc.cluster.local, subset: v2}', 'did you mean the host "shop.default.svc.cluster.local"? It has a subset v2'],
  ['{host: shpo, subset: canary}', null],
  ['{host: reviews, subset: v2}', null],
])('what is meant by the subset of %s', (destination, hint) => {
  const rule = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: shop}
spec: {host: shop, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}
`
  const found = messagesOf([rule, to(destination)].join('---\n'), { whole: true }).find(({ text }) => text.startsWith('there is no subset'))
  expect(found?.hint).toBe(hint)
})

describe('a resource is left alone about a code', () => {
  const unnamed = (codes: string): string =>
    `apiVersion: v1\nkind: Service\nmetadata: {name: web, annotations: {galley.istio.io/analyze-suppress: "${codes}"}}\nspec: {ports: [{port: 80, name: web}]}\n`
  test.each([
    ['IST0118', []],
    ['*', []],
    ['IST0101, IST0118', []],
    ['IST0101', ['IST0118']],
  ])('%s', (codes, found) =>
    expect(
      messagesOf(unnamed(codes))
        .map(({ code }) => code)
        .filter((code) => code !== 'IST0136'),
    ).toEqual(found),
  )
})

test('namespaces of Kubernetes itself are not looked at', () => {
  expect(messagesOf('apiVersion: v1\nkind: Service\nmetadata: {name: dns, namespace: kube-system}\nspec: {ports: [{port: 53, name: x}]}\n')).toEqual(
    [],
  )
})

test('a template of a Deployment is a pod for what selects pods', () => {
  const deployment =
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: reviews-v2}\nspec: {template: {metadata: {labels: {version: v2}}, spec: {}}}\n'
  const rules =
    'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: reviews}\nspec: {host: reviews, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}\n'
  const found = messagesOf([services, deployment, rules].join('---\n')).filter(({ code }) => code === 'IST0173')
  expect(found.map(({ text }) => text)).toEqual(['subset v1 selects no pod; requests for it get 503'])
})

test('a pod without a proxy is told of where injection is enabled by name, and not by a revision', () => {
  const found = (label: string): number =>
    messagesOf(
      `apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {${label}}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\nspec: {containers: [{name: a, image: a}]}\n`,
    ).filter(({ code }) => code === 'IST0103').length
  expect(found('istio-injection: enabled')).toBe(1)
  expect(found('istio.io/rev: canary')).toBe(0)
  expect(found('istio-injection: enabled, istio.io/rev: canary')).toBe(1)
})
