import { performance } from 'node:perf_hooks'
import { createMesh, readText, type Resource } from '../mesh-core/index.ts'
import type { Benchmark, Figure } from './benchmark.ts'
import { median } from './benchmark.ts'
import { clientResources } from './client.ts'

const rules = 10_000
const changes = 30

/** One VirtualService of many is applied with another timeout: from `apply` to the first answer by the new rule. */
export const ruleChange: Benchmark = {
  name: 'rule-change',
  about: `a change of one VirtualService among ${rules.toLocaleString('en')}: from apply to an answer that the new rule gave`,
  async run(): Promise<readonly Figure[]> {
    const mesh = createMesh()
    const many = Array.from({ length: rules }, (_, i) => `${service(i)}\n---\n${rule(i, 200)}`)
    mesh.apply([...clientResources(), ...parsed(many.join('\n---\n'))])
    const from = { kind: 'workload', ref: mesh.registry.workloads[0]!.ref } as const
    const call = (i: number) => mesh.send({ from, method: 'GET', url: `http://s${i}/`, headers: {}, body: '', timeoutMs: null })
    await call(0)
    const took: number[] = []
    for (let i = 0; i < changes; i++) {
      const changed = parsed(rule(i, 201 + i))
      const startMs = performance.now()
      mesh.apply(changed)
      const { response } = await call(i)
      took.push(performance.now() - startMs)
      if (response?.status !== 201 + i) throw new Error(`the new rule is not in force: ${response?.status}`)
    }
    took.sort((a, b) => a - b)
    return [
      { what: `change until it is in force, median of ${changes}`, value: median(took), unit: 'ms', goal: { atMost: 20 } },
      { what: 'the slowest in ten', value: took[Math.floor(changes * 0.9)]!, unit: 'ms' },
    ]
  },
}

function service(i: number): string {
  return `{apiVersion: v1, kind: Service, metadata: {name: s${i}}, spec: {selector: {app: s${i}}, ports: [{name: http, port: 80}]}}`
}

function rule(i: number, status: number): string {
  const http = `[{match: [{uri: {prefix: /never}}], route: [{destination: {host: s${i}}}]}, {directResponse: {status: ${status}}}]`
  return `{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: s${i}}, spec: {hosts: [s${i}], http: ${http}}}`
}

function parsed(text: string): readonly Resource[] {
  const { resources, errors } = readText(text, 'rules.yaml')
  if (errors.length > 0) throw errors[0]!
  return resources
}
