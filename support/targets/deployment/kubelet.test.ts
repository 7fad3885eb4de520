import { expect, test } from 'vitest'
import { readText } from '../../../mesh-core/config/load.ts'
import { createMesh } from '../../../mesh-core/create-mesh.ts'
import { Headers } from '../../../mesh-core/ir/message.ts'
import { CallError, type Program } from '../../../mesh-core/ir/program.ts'
import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import { Kubelet } from './kubelet.ts'
import { readinessProbeOf } from './readiness-probe.ts'

function deploymentWith(readinessProbe: unknown) {
  const [resource] = readText(
    JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'shop', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'shop' } },
        template: { metadata: { labels: { app: 'shop' } }, spec: { containers: [{ name: 'c', image: 'i', readinessProbe }] } },
      },
    }),
    'shop.yaml',
  ).resources
  return resource!
}

const answers =
  (status: number, delayMs = 0): Program =>
  async (_request, context) => {
    if (delayMs > 0) await context.sleep(delayMs)
    return { status, headers: new Headers(), body: '' }
  }

/** The times in ms at which the pod turned, with what it then was, over `ms` of a program that changes at given times. */
async function turnsOf(readinessProbe: unknown, ms: number, programs: readonly (readonly [fromMs: number, Program])[]): Promise<string[]> {
  const deployment = deploymentWith(readinessProbe)
  const mesh = createMesh()
  mesh.apply([deployment])
  const pod: WorkloadInstance = mesh.registry.workloads[0]!
  const probe = readinessProbeOf(deployment)
  const kubelet = new Kubelet()
  let nowMs = 0
  const seen: string[] = []
  const now: Program = (request, context) =>
    programs
      .filter(([from]) => from <= nowMs)
      .at(-1)![1](request, context)
  await kubelet.elapse(
    ms,
    () => (probe ? [{ pod, probe, program: now }] : []),
    async (part) => void (nowMs += part),
    async () => void seen.push(`${nowMs} ${kubelet.failing.length > 0 ? 'not ready' : 'ready'}`),
  )
  expect(nowMs).toBe(ms)
  return seen
}

const http = { httpGet: { path: '/ready', port: 80 } }
const cases: { name: string; probe: unknown; programs: [number, Program][]; turns: string[] }[] = [
  { name: 'the defaults: every 10 s, three failures', probe: http, programs: [[0, answers(500)]], turns: ['30000 not ready'] },
  { name: 'a redirect is a success', probe: http, programs: [[0, answers(302)]], turns: [] },
  { name: 'a client error is a failure', probe: { ...http, failureThreshold: 1 }, programs: [[0, answers(404)]], turns: ['10000 not ready'] },
  {
    name: 'one success is enough to come back',
    probe: { ...http, periodSeconds: 1 },
    programs: [
      [0, answers(500)],
      [4500, answers(200)],
    ],
    turns: ['3000 not ready', '5000 ready'],
  },
  {
    name: 'successes must follow each other',
    probe: { ...http, periodSeconds: 1, failureThreshold: 1, successThreshold: 2 },
    programs: [
      [0, answers(500)],
      [1500, answers(200)],
      [2500, answers(500)],
      [3500, answers(200)],
    ],
    turns: ['1000 not ready', '5000 ready'],
  },
  {
    name: 'too late is no answer',
    probe: { ...http, periodSeconds: 1, failureThreshold: 1 },
    programs: [[0, answers(200, 1000)]],
    turns: ['1000 not ready'],
  },
  {
    name: 'in time, by a longer timeout',
    probe: { ...http, periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 1 },
    programs: [[0, answers(200, 1000)]],
    turns: [],
  },
  {
    name: 'a closed connection is a failure',
    probe: { ...http, periodSeconds: 1, failureThreshold: 1 },
    programs: [
      [
        0,
        () => {
          throw new CallError('closed')
        },
      ],
    ],
    turns: ['1000 not ready'],
  },
  {
    name: 'a connection is enough for tcpSocket',
    probe: { tcpSocket: { port: 80 }, periodSeconds: 1, failureThreshold: 1 },
    programs: [[0, answers(500)]],
    turns: [],
  },
  {
    name: 'later, where the first probe is to wait',
    probe: { ...http, periodSeconds: 1, failureThreshold: 1, initialDelaySeconds: 7 },
    programs: [[0, answers(500)]],
    turns: ['7000 not ready'],
  },
  { name: 'what exec would find is not known', probe: { exec: { command: ['true'] }, periodSeconds: 1 }, programs: [[0, answers(500)]], turns: [] },
]

test.each(cases)('$name', async ({ probe, programs, turns }) => expect(await turnsOf(probe, 40_000, programs)).toEqual(turns))
