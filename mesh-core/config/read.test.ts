import { describe, expect, test } from 'vitest'
import { ForeignDocument } from './foreign-document.ts'
import { inNamespace } from './in-namespace.ts'
import { maxTextLength, readText } from './read.ts'

const pod = (name: string, namespace?: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n${namespace === undefined ? '' : `  namespace: ${namespace}\n`}`

function names(text: string): string[] {
  return readText(text, 'a.yaml').resources.map(({ origin }) => origin.resource)
}

describe('documents', () => {
  test('of one stream, empty ones passed over', () =>
    expect(names(`---\n${pod('a')}---\n# nothing\n---\n${pod('b', 'shop')}`)).toEqual(['Pod default/a', 'Pod shop/b']))
  test('a List is its items', () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n- ${pod('a').trim().replaceAll('\n', '\n  ')}\n- ${pod('b').trim().replaceAll('\n', '\n  ')}\n`
    expect(readText(list, 'a.yaml').resources.map(({ origin }) => [origin.resource, origin.path])).toEqual([
      ['Pod default/a', ['items', 0]],
      ['Pod default/b', ['items', 1]],
    ])
  })
  test('items of a typed list need no kind', () =>
    expect(names('apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: a}\n')).toEqual(['Pod default/a']))
  test('JSON is YAML', () => expect(names('{"apiVersion": "v1",\n\t"kind": "Pod", "metadata": {"name": "a"}}')).toEqual(['Pod default/a']))
  test('a Namespace is in none', () => expect(names('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}')).toEqual(['Namespace shop']))
  test('MeshConfig needs no name', () =>
    expect(names('apiVersion: mesh.istio.io/v1alpha1\nkind: MeshConfig\noutboundTrafficPolicy: {mode: REGISTRY_ONLY}')).toEqual(['MeshConfig mesh']))
  test('nor does an IstioOperator', () => {
    const { resources } = readText(
      'apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec: {meshConfig: {accessLogFile: /dev/stdout}}',
      'a.yaml',
    )
    expect(resources.map(({ kind, name }) => [kind, name])).toEqual([
      ['IstioOperator', 'installed-state'],
      ['MeshConfig', 'mesh'],
    ])
  })
  test('files of tools in the form of Kubernetes are none of its objects', () => {
    for (const text of [
      'apiVersion: v2\nname: chart\n',
      'kind: Kustomization\nresources: [a.yaml]\n',
      'apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\n',
    ])
      expect(readText(text, 'a.yaml').errors).toEqual([expect.any(ForeignDocument)])
    for (const text of ['apiVersion: v1\nkind: Service\n', 'apiVersion: networking.istio.io/v1\nkind: Gateway\n'])
      expect(readText(text, 'a.yaml').errors).toEqual([expect.objectContaining({ code: 'NOT_A_RESOURCE' })])
  })
  test('a broken one hides none of the others', () => {
    const { resources, errors } = readText(`${pod('a')}---\nkind: [\n---\n${pod('b')}`, 'a.yaml')
    expect(resources).toHaveLength(2)
    expect(errors).toHaveLength(1)
  })
})

const refused: readonly { about: string; text: string; code: string; line: number; column: number }[] = [
  { about: 'broken YAML', text: 'a: b: c', code: 'YAML_SYNTAX', line: 1, column: 5 },
  { about: 'in a later document', text: `${pod('a')}---\na: 1\nb: 2\na: 3\n`, code: 'YAML_DUPLICATE_KEY', line: 8, column: 1 },
  { about: 'a text', text: 'hello', code: 'NOT_A_RESOURCE', line: 1, column: 1 },
  { about: 'no kind', text: '# values\nreplicas: 3\n', code: 'NOT_A_RESOURCE', line: 2, column: 1 },
  { about: 'no name', text: 'apiVersion: v1\nkind: Pod\nmetadata:\n  labels: {}\n', code: 'NOT_A_RESOURCE', line: 3, column: 1 },
  { about: 'broken YAML in lines that end in carriage returns', text: 'a: 1\rb:\r  - x\r c: 3\r', code: 'YAML_SYNTAX', line: 4, column: 2 },
  { about: 'text after ---', text: `${pod('a')}--- x\n${pod('b')}`, code: 'YAML_SYNTAX', line: 5, column: 1 },
]
for (const { about, text, code, line, column } of refused)
  test(`${about} is ${code}`, () => {
    const { errors } = readText(text, 'a.yaml')
    expect(errors.map((error) => error.details)).toMatchObject([{ code, place: { file: 'a.yaml', position: { line, column } } }])
  })

test('the message in full', () => {
  expect(readText('spec:\n\thosts: [reviews]\n', 'vs.yaml').errors[0]?.message).toMatch(
    /^vs\.yaml:2:1 YAML_SYNTAX .*\n {2}hint: indent with blanks: YAML allows no tabs there$/,
  )
})

test('a text past the limit is refused at once', () => {
  const { errors } = readText('#'.repeat(maxTextLength + 1), 'big.yaml')
  expect(errors.map(({ code }) => code)).toEqual(['YAML_TOO_LARGE'])
})

test('a doc string: positions of the feature file, a key of its own', () => {
  const { resources, errors } = readText(`${pod('a')}---\n[`, 'x.feature', { key: 'x.feature:7', lineOffset: 7, columnOffset: 6 })
  expect(resources[0]).toMatchObject({ origin: { file: 'x.feature:7' }, source: { file: 'x.feature' } })
  expect(errors[0]?.details.place).toMatchObject({ file: 'x.feature', position: { line: 13 } })
})

test('the same text is read once', () => {
  expect(readText(pod('a'), 'a.yaml')).toBe(readText(pod('a'), 'a.yaml'))
  expect(readText(pod('a'), 'a.yaml')).not.toBe(readText(pod('a'), 'b.yaml'))
})

test('a namespace for those that name none', () => {
  const { resources } = readText(`${pod('a')}---\n${pod('b', 'shop')}`, 'a.yaml')
  const moved = inNamespace(resources, 'prod')
  expect(moved.map(({ origin }) => origin.resource)).toEqual(['Pod prod/a', 'Pod shop/b'])
  expect(inNamespace(resources, 'prod')[0]).toBe(moved[0])
})
