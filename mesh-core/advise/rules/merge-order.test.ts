import { expect, test } from 'vitest'
import { describeEvidence } from '../../analyze/describe.ts'
import { Inventory } from '../../analyze/inventory.ts'
import { readText } from '../../config/read.ts'
import { formatPath } from '../../ir/origin.ts'
import { advise } from '../advise.ts'
import { mergeOrder } from './merge-order.ts'

async function told(...documents: string[]): Promise<string[]> {
  const { resources, errors } = readText(documents.join('---\n'), 'a.yaml')
  expect(errors).toEqual([])
  const messages = await advise(new Inventory(resources, { nowMs: 0, whole: false, manifests: true }), [mergeOrder])
  return messages.map(({ resource, path, proof = [] }) => [`${resource.name} ${formatPath(path)}`, ...proof.map(describeEvidence)].join(' | '))
}

function rules(name: string, matches: readonly string[], more = 'hosts: [a.com], gateways: [gw]', metadata = ''): string {
  const http = matches.map((match) => `{${match === '' ? '' : `match: [${match}], `}route: [{destination: {host: ${name}}}]}`).join(', ')
  return `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: ${name}${metadata}}\nspec: {${more}, http: [${http}]}\n`
}

const cases: readonly { readonly about: string; readonly documents: readonly string[]; readonly found: readonly string[] }[] = [
  {
    about: 'a special rule and a general one',
    documents: [rules('one', ['{uri: {prefix: /api}}']), rules('two', ['{uri: {prefix: /api/v2}}'])],
    found: [
      'two spec.http[0].match[0] | gateway default/gw: GET http://a.com/api/v2 → http[0].match[0] of VirtualService default/one takes it, if that is the older | gateway default/gw: GET http://a.com/api/v2 → http[0].match[0] of VirtualService default/two takes it, if that is the older',
    ],
  },
  { about: 'paths of their own', documents: [rules('one', ['{uri: {prefix: /a/}}']), rules('two', ['{uri: {prefix: /b/}}'])], found: [] },
  { about: 'one takes all the rest, which goes last', documents: [rules('one', ['']), rules('two', ['{uri: {prefix: /b}}'])], found: [] },
  {
    about: 'both take all the rest',
    documents: [rules('one', ['']), rules('two', ['{uri: {prefix: /b}}', ''])],
    found: [
      'two spec.http[1] | gateway default/gw: GET http://a.com/ → http[0] of VirtualService default/one takes it, if that is the older | gateway default/gw: GET http://a.com/ → http[1] of VirtualService default/two takes it, if that is the older',
    ],
  },
  { about: 'other hosts', documents: [rules('one', ['']), rules('two', [''], 'hosts: [b.com], gateways: [gw]')], found: [] },
  { about: 'other gateways', documents: [rules('one', ['']), rules('two', [''], 'hosts: [a.com], gateways: [other]')], found: [] },
  { about: 'sidecars, where one acts alone', documents: [rules('one', [''], 'hosts: [a]'), rules('two', [''], 'hosts: [a]')], found: [] },
  {
    about: 'a match for another gateway',
    documents: [rules('one', ['']), rules('two', ['{gateways: [mesh]}'], 'hosts: [a.com], gateways: [gw, mesh]')],
    found: [],
  },
  {
    about: 'the cluster has said which is the older',
    documents: [rules('one', [''], undefined, ', creationTimestamp: "2026-01-01T00:00:00Z"'), rules('two', [''], undefined, ', creationTimestamp: "2026-01-02T00:00:00Z"')], // prettier-ignore
    found: [],
  },
]

test.each(cases)('$about', async ({ documents, found }) => expect(await told(...documents)).toEqual(found))
