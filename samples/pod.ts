#!/usr/bin/env node
import { hostname } from 'node:os'
import { parseArgs } from 'node:util'
import type { PodInfo } from '../mesh-core/ir/program.ts'
import { hostProgram } from './host/host.ts'
import type { Host } from './host/host.ts'
import { programFor } from './resolve-program.ts'
import type { PodTemplate } from './resolve-program.ts'

/*
 * The process of a pod: serves the program that belongs to its image.
 *
 *   node dist/samples/pod.js --image=examples-bookinfo-reviews-v2 --port=9080
 *
 * Where an option is not given, the environment says it as a container of the cluster has it: LAB_IMAGE, LAB_PORTS, LAB_POD,
 * LAB_NAMESPACE, LAB_WORKLOAD, LAB_VERSION, LAB_LABELS.
 */

const { values: options } = parseArgs({
  options: {
    image: { type: 'string', default: process.env['LAB_IMAGE'] ?? '' },
    /** A list with commas. */
    port: { type: 'string', default: process.env['LAB_PORTS'] ?? '' },
    version: { type: 'string', default: process.env['LAB_VERSION'] ?? '' },
  },
})

const env = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? '']))
const labels = JSON.parse(env['LAB_LABELS'] || '{}') as Record<string, string>
const workload = env['LAB_WORKLOAD'] || hostname()
const pod: PodInfo = {
  name: env['LAB_POD'] || hostname(),
  namespace: env['LAB_NAMESPACE'] || 'default',
  app: labels['app'] ?? workload,
  version: options.version,
  env,
}
const template: PodTemplate = { image: options.image, version: options.version, env, ref: { name: workload } }

const ports = options.port.split(',').filter((port) => port.trim() !== '')
// One program behind all ports: a pod is one process with one memory.
const program = programFor(template, Date.now())
const hosts: Host[] = []
for (const port of ports.length > 0 ? ports : ['9080']) {
  const host = await hostProgram(program, pod, { port: Number(port) })
  hosts.push(host)
  process.stdout.write(`${pod.name} listens on port ${host.port}\n`)
}

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    for (const host of hosts) void host.close()
  })
