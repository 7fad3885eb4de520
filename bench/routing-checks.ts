import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Benchmark, Figure } from './benchmark.ts'
import { sideBySide } from './process.ts'
import { entryOf } from './worker.ts'

const peer = '../shared/bin/istio-config-validator'

const size = { virtualServices: 100, rules: 10, uris: 10 } as const
const methods = ['GET', 'POST']

/** 100 VirtualServices of 10 rules and 2 hosts; for each rule 10 paths, 2 methods, both hosts: 40,000 requests. */
export const routingChecks: Benchmark = {
  name: 'routing-checks',
  about: '40,000 routing checks as one process, beside istio-config-validator with the same files',
  async run(): Promise<readonly Figure[]> {
    const folder = mkdtempSync(join(tmpdir(), 'meshspec-bench-'))
    try {
      const [config, tests] = [join(folder, 'config.yaml'), join(folder, 'tests.yaml')]
      writeFileSync(config, Array.from({ length: size.virtualServices }, (_, i) => virtualService(i)).join('---\n'))
      writeFileSync(tests, `testCases:\n${Array.from({ length: size.virtualServices }, (_, i) => testCases(i)).join('')}`)
      return await measure(config, tests)
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}

async function measure(config: string, tests: string): Promise<Figure[]> {
  const ours = [process.execPath, entryOf('routing-checks-worker'), config, tests] as const
  const there = existsSync(peer)
  const { seconds } = await sideBySide(there ? [ours, [peer, '-s', '-t', tests, config]] : [ours], 5)
  const figures: Figure[] = [{ what: 'meshspec', value: seconds[0]!, unit: 's' }]
  if (!there) return figures
  return [
    ...figures,
    { what: 'istio-config-validator', value: seconds[1]!, unit: 's' },
    { what: 'meshspec ÷ istio-config-validator', value: seconds[0]! / seconds[1]!, unit: '×', goal: { atMost: 1 } },
  ]
}

const hostsOf = (index: number): string[] => [`shop-${index}.example.com`, `www.shop-${index}.example.com`]
const destinationOf = (index: number, rule: number): string => `shop-${index}-${rule}.shop.svc.cluster.local`

function virtualService(index: number): string {
  const rules = Array.from({ length: size.rules }, (_, rule) => ({
    match: [{ uri: { prefix: `/api/v${rule}/` }, method: { regex: methods.join('|') }, headers: { 'x-tenant': { exact: `tenant-${rule}` } } }],
    route: [{ destination: { host: destinationOf(index, rule), port: { number: 80 } } }],
  }))
  const object = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: `shop-${index}`, namespace: 'default' },
    spec: { hosts: hostsOf(index), http: rules },
  }
  return `${JSON.stringify(object, null, 1)}\n`
}

function testCases(index: number): string {
  return Array.from({ length: size.rules }, (_, rule) => {
    const request = {
      authority: hostsOf(index),
      method: methods,
      uri: Array.from({ length: size.uris }, (_, i) => `/api/v${rule}/item-${i}`),
      headers: { 'x-tenant': `tenant-${rule}` },
    }
    const route = [{ destination: { host: destinationOf(index, rule), port: { number: 80 } } }]
    return `  - ${JSON.stringify({ description: `shop ${index}, rule ${rule}`, wantMatch: true, request, route })}\n`
  }).join('')
}
