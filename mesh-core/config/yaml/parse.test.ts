import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDocument as parseWithPositions } from 'yaml'
import { parseDocument } from './parse.ts'
import { resolvePlain } from './scalar.ts'
import { YamlError } from './yaml-error.ts'

interface Case {
  readonly yaml: string
  readonly json?: unknown
  readonly error?: string
  /** Why this reader knowingly does otherwise. */
  readonly differs?: string
}

/** What sigs.k8s.io/yaml 1.6.0 answered: YAMLToJSONStrict, and YAMLToJSON where only a merge made keys collide. */
const cases = JSON.parse(readFileSync(new URL('./kubernetes.cases.json', import.meta.url), 'utf8')) as Case[]

describe('as sigs.k8s.io/yaml', () => {
  for (const { yaml, json, error, differs } of cases)
    test(`${JSON.stringify(yaml)}${differs === undefined ? '' : ` (differs: ${differs})`}`, () => {
      const agrees = error === undefined ? sameData(answerTo(yaml), json) : answerTo(yaml) instanceof YamlError
      expect(agrees).toBe(differs === undefined)
    })
})

function answerTo(yaml: string): unknown {
  try {
    return parseDocument(yaml)
  } catch (error) {
    return error
  }
}

function sameData(a: unknown, b: unknown): boolean {
  return JSON.stringify(ordered(a)) === JSON.stringify(ordered(b))
}

function ordered(value: unknown): unknown {
  if (value instanceof Error) return `error ${value.message}`
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, ordered(inner)]),
  )
}

describe('both readers, the fast one and the one with positions, give the same data', () => {
  const key = fc.stringMatching(/^[a-z][a-zA-Z-]{0,8}$/).filter((name) => resolvePlain(name) === name)
  const plain = fc.constantFrom('reviews', '7s', '/api/v1', 'v1.2.3', '12', '1.5', 'true', 'null', '~', 'a b c', 'http://x:80/y', '2001-01-01')
  const scalar = fc.oneof(
    plain,
    fc.string({ maxLength: 12 }).map((text) => JSON.stringify(text.replace(/[^\x20-\x7e]/g, '?'))),
  )
  const { document } = fc.letrec<{ document: string; mapping: string; list: string }>((tie) => ({
    document: fc.oneof(tie('mapping'), tie('list')),
    mapping: fc
      .uniqueArray(fc.tuple(key, fc.oneof({ depthSize: 'small' }, scalar, tie('document'))), {
        selector: ([name]) => name,
        minLength: 1,
        maxLength: 4,
      })
      .map(asMapping),
    list: fc.array(fc.oneof({ depthSize: 'small' }, scalar, tie('document')), { minLength: 1, maxLength: 4 }).map(asList),
  }))

  test('for documents in block style', () => {
    fc.assert(
      fc.property(document, (text) => {
        expect(parseDocument(text)).toEqual(
          parseWithPositions(text, { version: '1.1', merge: true, customTags: (tags) => tags.filter(isKubernetes) }).toJS(),
        )
      }),
      { numRuns: 300 },
    )
  })

  test('for JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify({ value })
        expect(sameData(answerTo(text), JSON.parse(text))).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

/** Of YAML 1.1's tags Kubernetes leaves timestamps and base 60 as text. */
function isKubernetes(tag: unknown): boolean {
  return !(
    typeof tag === 'object' &&
    tag !== null &&
    (('tag' in tag && String(tag.tag).endsWith('timestamp')) || ('format' in tag && tag.format === 'TIME'))
  )
}

function asMapping(entries: readonly (readonly [string, string])[]): string {
  return entries.map(([name, value]) => (isBlock(value) ? `${name}:\n${indented(value)}` : `${name}: ${value}`)).join('\n')
}

function asList(items: readonly string[]): string {
  return items.map((item) => (isBlock(item) ? `-\n${indented(item)}` : `- ${item}`)).join('\n')
}

/** Generated scalars have no line breaks; a block has one, or is a mapping or a list of one entry. */
function isBlock(text: string): boolean {
  return text.includes('\n') || /^(?:- |-$|[a-z][a-zA-Z-]*: )/.test(text)
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ')
}

describe('aliases', () => {
  const bomb = [
    'a: &a [x, x, x, x, x, x, x, x, x, x]',
    ...'bcdefgh'.split('').map((name, i) => `${name}: &${name} [${Array(10).fill(`*${'abcdefgh'[i]}`).join(', ')}]`),
  ].join('\n')

  test('a bomb is refused, and soon', () => {
    const start = performance.now()
    expect(() => parseDocument(bomb)).toThrowError(expect.objectContaining({ code: 'YAML_ALIAS_BOMB' }))
    expect(performance.now() - start).toBeLessThan(1000)
  })

  test('ordinary use is not', () => {
    const document = `base: &base {a: 1}\nlist:\n${Array.from({ length: 200 }, () => '- *base').join('\n')}`
    expect((parseDocument(document) as { list: unknown[] }).list).toHaveLength(200)
  })

  test('an anchor that contains itself is refused', () => {
    expect(() => parseDocument('a: &a [*a]')).toThrowError(expect.objectContaining({ code: 'YAML_ALIAS_BOMB' }))
  })
})

const broken: readonly { yaml: string; code: string; at: string }[] = [
  { yaml: 'a: 1\na: 2', code: 'YAML_DUPLICATE_KEY', at: 'a: 2' },
  { yaml: 'a:\n  b: [1, 2', code: 'YAML_SYNTAX', at: '' },
  { yaml: 'a: *nope', code: 'YAML_SYNTAX', at: 'nope' },
  { yaml: 'a: !!int x', code: 'YAML_SYNTAX', at: '!!int x' },
]
for (const { yaml, code, at } of broken)
  test(`${JSON.stringify(yaml)} is ${code} at ${JSON.stringify(at)}`, () => {
    const error = answerTo(yaml) as YamlError
    expect(error).toMatchObject({ code })
    expect(yaml.slice(error.offset)).toBe(at)
  })

test('a flow collection may end in any column, and later errors keep their places', () => {
  expect(parseDocument('spec:\n  hosts: [\n  a,\n  b\n  ]\n  x: {\n}\n')).toEqual({ spec: { hosts: ['a', 'b'], x: {} } })
  const yaml = 'a: [\n1\n]\nb: [\n2\n]\nb: 3\n'
  expect(answerTo(yaml)).toMatchObject({ code: 'YAML_DUPLICATE_KEY', offset: yaml.lastIndexOf('b') })
})
