import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeEvidence } from '../../../analyze/describe.ts'
import { Inventory } from '../../../analyze/inventory.ts'
import { virtualServiceOf } from '../../../compile/rules/virtual-service.ts'
import { readText } from '../../../config/read.ts'
import { createMesh } from '../../../create-mesh.ts'
import { formatPath } from '../../../ir/origin.ts'
import type { Mesh } from '../../../mesh.ts'
import { advise } from '../../advise.ts'
import { deadL4Rules } from './dead-l4-rules.ts'
import { L4Review } from './l4-review.ts'

async function told(yaml: string): Promise<string[]> {
  const { resources, errors } = readText(yaml, 'a.yaml')
  expect(errors).toEqual([])
  const messages = await advise(new Inventory(resources, { nowMs: 0, whole: false, manifests: true }), [deadL4Rules])
  return messages.map(({ code, level, path, proof = [] }) => [level, code, formatPath(path), ...proof.map(describeEvidence)].join(' | '))
}

/** Rules that lead to `a`, `b`, `c` … in their order. */
function rulesOf(protocol: 'tcp' | 'tls', matches: readonly string[], more = 'hosts: [db]'): string {
  const rules = matches.map((match, i) => `    - ${match === '' ? '' : `match: [${match}]\n      `}route: [{destination: {host: d${i}.test}}]\n`)
  return `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: db}\nspec:\n  ${more}\n  ${protocol}:\n${rules.join('')}`
}

describe('tcp rules', () => {
  const cases: readonly { about: string; rules: readonly string[]; spec?: string; found: readonly string[] }[] = [
    { about: 'special ones before general ones', rules: ['{port: 1, sourceLabels: {app: x}}', '{port: 1}', ''], found: [] },
    {
      about: 'after one without a match',
      rules: ['', '{port: 5432}'],
      found: ['warning | DEAD_RULE | spec.tcp[1] | TCP connection to db:5432 → tcp[0] takes it'],
    },
    {
      about: 'the same, of which istioctl says nothing',
      rules: ['{port: 1}', '{port: 1, sourceLabels: {app: x}}'],
      found: ['warning | DEAD_RULE | spec.tcp[1] | a pod of default with app=x: TCP connection to db:1 → tcp[0] takes it'],
    },
    {
      about: 'one match of two',
      rules: ['{port: 1}', '{port: 1, sourceNamespace: prod}, {port: 2}'],
      found: ['warning | DEAD_MATCH | spec.tcp[1].match[0] | a pod of prod: TCP connection to db:1 → tcp[0] takes it'],
    },
    {
      about: 'the smaller range goes before the order',
      rules: ['{destinationSubnets: [10.0.0.0/8]}', '{destinationSubnets: [10.1.0.0/16]}', '{destinationSubnets: [10.1.2.3]}', ''],
      found: [],
    },
    {
      about: 'ranges that cover another together',
      rules: ['{destinationSubnets: [10.0.0.0/9]}', '{destinationSubnets: [10.128.0.0/9]}', '{destinationSubnets: [10.0.0.0/8]}'],
      found: [
        'warning | DEAD_RULE | spec.tcp[2] | TCP connection to 10.0.0.0:9000 → tcp[0] takes it | TCP connection to 10.128.0.0:9000 → tcp[1] takes it',
      ],
    },
    {
      about: 'at a gateway ranges and labels are not looked at',
      spec: 'hosts: [db.example.com]\n  gateways: [gw]',
      rules: ['{destinationSubnets: [10.0.0.0/8], sourceLabels: {app: x}}', '{port: 1}'],
      found: ['warning | DEAD_RULE | spec.tcp[1] | gateway default/gw: TCP connection to db.example.com:1 → tcp[0] takes it'],
    },
    {
      about: 'a gateway that it is not bound to',
      rules: ['{gateways: [gw], port: 1}', ''],
      found: ['warning | DEAD_RULE | spec.tcp[0]'],
    },
    {
      about: 'rules that cross',
      rules: ['{sourceLabels: {app: x}}', '{port: 1}', ''],
      found: ['info | SHADOWED_RULE | spec.tcp[1].match[0] | a pod of default with app=x: TCP connection to db:1 → tcp[0] takes it'],
    },
    {
      about: 'two chains for one range, of which Envoy takes none',
      rules: ['{destinationSubnets: [10.9.1.0/24]}', '{destinationSubnets: [10.9.1.0/24, 10.8.0.0/16]}', ''],
      found: ['error | LISTENER_REFUSED | spec.tcp[1] | TCP connection to 10.9.1.0:9000 → no rule takes it: the listener is not there'],
    },
    { about: 'ports that have nothing in common', rules: ['{port: 1, sourceLabels: {app: x}}', '{port: 2}'], found: [] },
  ]
  test.each(cases)('$about', async ({ rules, spec, found }) => expect(await told(rulesOf('tcp', rules, spec))).toEqual(found))
  test('one that does the same is no warning', async () => {
    const yaml = rulesOf('tcp', ['', '{port: 1}']).replace('d1.test', 'd0.test')
    expect(await told(yaml)).toEqual(['info | DEAD_RULE | spec.tcp[1] | TCP connection to db:1 → tcp[0] takes it'])
  })
})

describe('tls rules', () => {
  const wild = 'hosts: ["*.example.com"]\n  gateways: [gw]'
  const cases: readonly { about: string; rules: readonly string[]; spec?: string; found: readonly string[] }[] = [
    { about: 'the narrower name goes before the order', rules: ['{sniHosts: ["*.example.com"]}', '{sniHosts: [a.example.com]}'], found: [] },
    {
      about: 'a name that has a chain already',
      rules: ['{port: 443, sniHosts: [a.example.com]}', '{sniHosts: [a.example.com], port: 443}'],
      found: ['warning | DEAD_RULE | spec.tls[1] | gateway default/gw: TLS connection to port 443 with SNI a.example.com → tls[0] takes it'],
    },
    {
      about: 'a wildcard whose names all have narrower ones has others',
      rules: ['{sniHosts: [www.example.com]}', '{sniHosts: ["*.example.com"]}'],
      found: [],
    },
    {
      about: 'one of two matches',
      rules: ['{sniHosts: [a.example.com]}', '{sniHosts: [a.example.com]}, {sniHosts: [b.example.com]}'],
      found: [
        'warning | DEAD_MATCH | spec.tls[1].match[0] | gateway default/gw: TLS connection to port 443 with SNI a.example.com → tls[0] takes it',
      ],
    },
    { about: 'other ports', rules: ['{port: 1, sniHosts: [a.example.com]}', '{port: 2, sniHosts: [a.example.com]}'], found: [] },
  ]
  test.each(cases)('$about', async ({ rules, spec = wild, found }) => expect(await told(rulesOf('tls', rules, spec))).toEqual(found))
})

/** A mesh with a client for each kind of pod that the rules may ask for. */
function meshOf(protocol: 'tcp' | 'tls', rules: string): Mesh {
  const ports = [1, 2, 3].map((port) => `{number: ${port}, name: ${protocol}-${port}, protocol: ${protocol.toUpperCase()}}`).join(', ')
  const hosts = protocol === 'tcp' ? 'hosts: [db.test], addresses: [10.0.0.0/8]' : 'hosts: ["*.example.com"]'
  const entry = `apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: db}\nspec: {${hosts}, ports: [${ports}], resolution: NONE}\n`
  const pods = ['default', 'prod'].flatMap((namespace) =>
    ['x', 'z', 'none'].map(
      (app) =>
        `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${app}, namespace: ${namespace}}\nspec: {selector: {matchLabels: {app: ${app}}}, template: {metadata: {labels: {app: ${app}}}, spec: {containers: [{name: a, image: a}]}}}\n`,
    ),
  )
  const mesh = createMesh({})
  mesh.apply(readText([entry, rules, ...pods].join('---\n'), 'a.yaml').resources)
  return mesh
}

/** Indexes of the rules that are chosen for any connection of any client. */
async function chosenIn(mesh: Mesh, urls: readonly string[]): Promise<ReadonlySet<number>> {
  const chosen = new Set<number>()
  for (const { ref } of mesh.registry.workloads)
    for (const url of urls) {
      const { hops } = await mesh.send({ from: { kind: 'workload', ref }, method: 'GET', url, headers: {}, body: '', timeoutMs: null })
      const [, index] = /^t(?:cp|ls)\[(\d+)\]$/.exec(hops[0]?.explain?.().rules[0]?.rule ?? '') ?? []
      if (index !== undefined) chosen.add(Number(index))
    }
  return chosen
}

const some = <T>(...values: readonly T[]): fc.Arbitrary<T | undefined> => fc.option(fc.constantFrom(...values), { nil: undefined })
const client = { port: some(1, 2), sourceLabels: some({ app: 'x' }, { app: 'z' }), sourceNamespace: some('prod') }
const ranges = some(['10.1.0.0/16'], ['10.1.0.0/24'], ['10.1.0.0/17', '10.1.128.0/17'], ['10.1.0.3'])
const tcpMatches = fc.array(fc.array(fc.record({ ...client, destinationSubnets: ranges }), { maxLength: 2 }), { minLength: 2, maxLength: 4 })
const names = fc.subarray(['*.example.com', 'a.example.com', '*.b.example.com', 'a.b.example.com'], { minLength: 1, maxLength: 2 })
const tlsMatches = fc.array(fc.array(fc.record({ ...client, sniHosts: names }), { minLength: 1, maxLength: 2 }), { minLength: 2, maxLength: 4 })

describe('a rule is dead if and only if no connection of a whole mesh comes to it', () => {
  const urls = (hosts: readonly string[], scheme: string): string[] =>
    hosts.flatMap((host) => [1, 2, 3].map((port) => `${scheme}://${host}:${port}/`))
  const all = {
    tcp: { matches: tcpMatches, urls: urls(['10.2.0.1', '10.1.0.1', '10.1.0.3', '10.1.1.1', '10.1.200.1'], 'http'), host: 'db.test' },
    tls: {
      matches: tlsMatches,
      urls: urls(['a.example.com', 'c.example.com', 'a.b.example.com', 'c.b.example.com'], 'https'),
      host: '"*.example.com"',
    },
  }
  for (const protocol of ['tcp', 'tls'] as const)
    test(
      protocol,
      async () => {
        const { matches, urls, host } = all[protocol]
        await fc.assert(
          fc.asyncProperty(matches as fc.Arbitrary<object[][]>, async (drawn) => {
            const rules = rulesOf(protocol, drawn.map((one) => JSON.stringify(one).slice(1, -1)), `hosts: [${host}]`) // prettier-ignore
            const review = new L4Review(virtualServiceOf(readText(rules, 'a.yaml').resources[0]!), protocol, 3)
            const alive = review.entries.filter((entry) => review.verdict(entry).kind === 'alive').map(({ rule }) => Number(rule.origin.path.at(-1)))
            expect([...new Set(alive)].sort()).toEqual([...(await chosenIn(meshOf(protocol, rules), urls))].sort())
          }),
          { numRuns: 40, seed: 7 },
        )
      },
      60_000,
    )
})
