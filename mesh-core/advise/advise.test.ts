import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { describeMessage } from '../analyze/describe.ts'
import { Inventory, type InventoryOptions } from '../analyze/inventory.ts'
import type { Message } from '../analyze/message.ts'
import { readText } from '../config/read.ts'
import { advise, examine } from './advise.ts'
import { adviceTypes } from './advice-types.ts'

function inventoryOf(yaml: string, options: Partial<InventoryOptions> = {}): Inventory {
  const { resources, errors } = readText(yaml, 'example.yaml')
  expect(errors).toEqual([])
  return new Inventory(resources, { nowMs: 0, whole: false, manifests: true, ...options })
}

const [, documented = ''] = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8').split(/^## Rules and traps$/m)
const entries = documented
  .split(/^### /m)
  .slice(1)
  .map((text) => ({
    code: /^`([A-Z_0-9]+)`/.exec(text)?.[1] ?? text.slice(0, 40),
    text,
    yaml: /^```yaml\n([\s\S]*?)^```$/m.exec(text)?.[1] ?? null,
    printed: /^```text\n([\s\S]*?)\n```$/m.exec(text)?.[1] ?? null,
  }))

test('docs/errors.md has an entry for each code, with its name and level', () => {
  expect(entries.map(({ code }) => code)).toEqual(Object.values(adviceTypes).map(({ code }) => code))
  for (const { code, name, level } of Object.values(adviceTypes))
    expect(entries.find((entry) => entry.code === code)?.text).toContain(`${name} (${level}).`)
})

describe('each example prints what the entry shows', () => {
  test.each(entries)('$code', async ({ code, yaml, printed }) => {
    const messages = (await advise(inventoryOf(yaml!))).filter((message) => message.code === code)
    expect(messages.map(describeMessage).join('\n')).toBe(printed)
  })
})

test('what istioctl says of rules that never act gives way to what is so', async () => {
  const yaml = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop}
spec:
  hosts: [shop]
  http:
    - match: [{uri: {prefix: /a}, method: {exact: GET}}]
      route: [{destination: {host: a}}]
    - match: [{uri: {prefix: /a/b}}]
      route: [{destination: {host: b}}]
`
  const messages: readonly Message[] = await examine(inventoryOf(yaml))
  expect(messages.map(({ code }) => code)).toEqual(['SHADOWED_RULE'])
})

test('of tcp and tls, too', async () => {
  const yaml = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: db}
spec:
  hosts: [db]
  tcp:
    - route: [{destination: {host: a}}]
    - match: [{port: 5432}]
      route: [{destination: {host: b}}]
`
  const messages: readonly Message[] = await examine(inventoryOf(yaml))
  expect(messages.map(({ code }) => code)).toEqual(['DEAD_RULE'])
})

test('a resource is left alone about a code', async () => {
  const yaml = (codes: string): string => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop, annotations: {galley.istio.io/analyze-suppress: "${codes}"}}
spec: {hosts: [shop], http: [{route: [{destination: {host: a}}]}, {route: [{destination: {host: b}}]}]}
`
  for (const [codes, left] of [
    ['DEAD_RULE', 0],
    ['*', 0],
    ['IST0130', 1],
  ] as const)
    expect(await advise(inventoryOf(yaml(codes)))).toHaveLength(left)
})
