import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findConfig } from './config-lookup.ts'
import { ownSamples } from '../package.ts'

const cwd = mkdtempSync(join(tmpdir(), 'meshspec-lookup-'))
const feature = join(cwd, 'features/checkout')
const places = { feature, config: null, cwd }

beforeAll(() => {
  for (const folder of ['features/checkout/mesh', 'samples/shop/rules', 'extra']) mkdirSync(join(cwd, folder), { recursive: true })
  for (const file of [
    'features/checkout/a.yaml',
    'samples/shop/rules/a.yaml',
    'samples/shop/rules/b.yaml',
    'samples/virtual-service-all-v1.yaml',
    'extra/b.yaml',
  ])
    writeFileSync(join(cwd, file), '')
})
afterAll(() => rmSync(cwd, { recursive: true }))

const cases: { name: string; finds: string; config?: string; why: string }[] = [
  { name: 'a.yaml', finds: 'features/checkout/a.yaml', why: 'beside the feature comes first' },
  { name: 'mesh', finds: 'features/checkout/mesh', why: 'a folder' },
  { name: 'b.yaml', finds: 'samples/shop/rules/b.yaml', why: "below the project's samples" },
  { name: 'rules/b.yaml', finds: 'samples/shop/rules/b.yaml', why: 'by the end of its path' },
  { name: 'rules/', finds: 'samples/shop/rules', why: 'a folder of the samples' },
  { name: 'b.yaml', config: 'extra', finds: 'extra/b.yaml', why: 'the folder of the settings comes before the samples' },
  { name: 'virtual-service-all-v1.yaml', finds: 'samples/virtual-service-all-v1.yaml', why: "the project's samples come before meshspec's" },
]
for (const { name, finds, config, why } of cases)
  test(why, () => expect(findConfig(name, { ...places, config: config ?? null })).toBe(join(cwd, finds)))

test("meshspec's own samples come last", () =>
  expect(findConfig('destination-rule-all.yaml', places)).toBe(join(ownSamples, 'bookinfo/networking/destination-rule-all.yaml')))

test.each([
  ['bookinfo-gateway.yaml', 'bookinfo/networking/bookinfo-gateway.yaml'],
  ['gateway-api/bookinfo-gateway.yaml', 'bookinfo/gateway-api/bookinfo-gateway.yaml'],
  ['route-reviews-v3.yaml', 'bookinfo/gateway-api/route-reviews-v3.yaml'],
])("a sample of the Gateway API that is called as one of Istio's is asked for with its folder: %s", (name, found) =>
  expect(findConfig(name, places)).toBe(join(ownSamples, found)),
)

test('a name that is nearly right is guessed', () =>
  expect(() => findConfig('destination-rules-all.yaml', places)).toThrow(
    expect.objectContaining({ code: 'FILE_NOT_FOUND', message: expect.stringContaining('did you mean destination-rule-all.yaml') }),
  ))

// `rules.yaml` ends in a name that exists, but is another file's name.
test('half a file name is not enough', () =>
  expect(() => findConfig('rule-all.yaml', places)).toThrow(expect.objectContaining({ code: 'FILE_NOT_FOUND' })))

test('a folder of the settings that is not there is a mistake, whatever lies elsewhere', () =>
  expect(() => findConfig('a.yaml', { ...places, config: 'exta' })).toThrow('FILE_NOT_FOUND there is no folder "exta" of config'))

test('what init copies is no sample', () => expect(() => findConfig('shop.yaml', places)).toThrow('there is no config "shop.yaml"'))
