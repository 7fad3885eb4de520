#!/usr/bin/env node
import { hostname } from 'node:os'
import { parseArgs } from 'node:util'
import type { PodInfo } from '../mesh-core/ir/program.ts'
import { hostHandler, realContext } from './host/host.ts'
import type { Host } from './host/host.ts'
import { PodCertificates } from './pod/certificates.ts'
import { ControlledPod, controlPort } from './pod/control.ts'
import { plainLines, readPorts } from './pod/ports.ts'
import { PodRecords } from './pod/recorded.ts'
import { programFor } from './resolve-program.ts'
import type { PodTemplate } from './resolve-program.ts'

/*
 * The process of a pod: serves the program that belongs to its image.
 *
 *   node dist/samples/pod.js --image=examples-bookinfo-reviews-v2 --port=9080
 *
 * Where an option is not given, the environment says it: MESHSPEC_IMAGE, MESHSPEC_WORKLOAD, MESHSPEC_PORTS (`80,443/tls,9000/tcp`) … as `meshspec run --target cluster` writes
 * it into pods of its own, else as a container of the lab has it: LAB_IMAGE, LAB_PORTS, LAB_POD, LAB_NAMESPACE, LAB_WORKLOAD, LAB_VERSION, LAB_LABELS.
 * MESHSPEC_OUTSIDE, the pod's address, makes it stand for what is outside of the cluster, and answer for those names.
 * MESHSPEC_CONTROL opens the control port, by which a run makes the pod slow or failing and asks what it has received.
 */

const { values: options } = parseArgs({
  options: {
    image: { type: 'string', default: process.env['MESHSPEC_IMAGE'] || (process.env['LAB_IMAGE'] ?? '') },
    /** A list with commas. */
    port: { type: 'string', default: process.env['LAB_PORTS'] ?? '' },
    version: { type: 'string', default: process.env['LAB_VERSION'] ?? '' },
  },
})

const env = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? '']))
const labels = JSON.parse(env['LAB_LABELS'] || '{}') as Record<string, string>
const said = (name: string): string => env[`MESHSPEC_${name}`] || env[`LAB_${name}`] || ''
const workload = said('WORKLOAD') || hostname()
const pod: PodInfo = {
  name: said('POD') || hostname(),
  namespace: said('NAMESPACE') || 'default',
  app: env['MESHSPEC_APP'] ?? labels['app'] ?? workload,
  version: env['MESHSPEC_VERSION'] ?? options.version,
  env,
}
const template: PodTemplate = { image: options.image, version: options.version, env, ref: { name: workload } }

// One program behind all ports: a pod is one process with one memory.
const records = new PodRecords()
const certificates = new PodCertificates(pod.name)
const names = env['MESHSPEC_OUTSIDE'] ? new (await import('./pod/name-server.ts')).NameServer(env['MESHSPEC_OUTSIDE']) : null
const controlled = new ControlledPod(programFor(template, Date.now()), records, certificates, names)
const program = records.watch(controlled.program)
const hosts: Host[] = []

const ports = readPorts(env['MESHSPEC_PORTS'] || options.port || '9080')
const context = realContext(pod)
for (const { port, accepts } of ports) {
  const host = await hostHandler((request, tls, peer) => program(request, context, tls, peer), {
    port,
    tls: () => controlled.tls(accepts),
    certify: (name) => certificates.for(name),
    ...(accepts !== 'plain' && { lines: plainLines }),
    linesWithin: plainLines,
  })
  hosts.push(host)
  process.stdout.write(`${pod.name} listens on port ${host.port}\n`)
}
await names?.listen(53)
if (env['MESHSPEC_CONTROL']) hosts.push(await controlled.listen(controlPort))

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    for (const host of hosts) void host.close()
    // Connections that a proxy keeps open would hold the process for as long as a pod may take to end.
    setTimeout(() => process.exit(0), 500).unref()
  })
