/**
 * `node --loader ts-node/esm scripts/measure-cluster.ts`, inside a cluster's network: how long `apply` of a VirtualService takes until its barrier opens, beside
 * the time until the change is really served, which a probe of its own sees at the ingress gateway. Median of 30.
 */
import { request } from 'node:http'
import { readText } from '../mesh-core/config/read.ts'
import type { Resource } from '../mesh-core/config/resource.ts'
import { defaultSettings } from '../support/settings.ts'
import reachClusterTarget from '../support/targets/cluster/target.ts'

const changes = 30
const host = 'measured.example.com'

const gateway = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: measured, namespace: default}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [${host}]}]
`

function route(change: number): readonly Resource[] {
  const text = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: measured, namespace: default}
spec:
  hosts: [${host}]
  gateways: [measured]
  http: [{directResponse: {status: 200, body: {string: "change-${change}"}}}]
`
  return readText(text, 'measured.yaml').resources
}

function ask(url: string): Promise<string> {
  return new Promise((resolve) => {
    const sent = request(url, { headers: { host }, agent: false }, (message) => {
      let body = ''
      message.on('data', (chunk) => (body += String(chunk)))
      message.on('end', () => resolve(body))
    })
    sent.on('error', () => resolve('')).end()
  })
}

/** @returns ms until the change is served */
async function served(url: string, change: number, start: number): Promise<number> {
  while ((await ask(url)) !== `change-${change}`) await new Promise((resolve) => setTimeout(resolve, 3))
  return performance.now() - start
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

async function main(): Promise<void> {
  const url = process.env['GATEWAY_URL'] ?? 'http://127.0.0.1'
  const target = await reachClusterTarget({ ...defaultSettings, deploy: true, gateway: url })
  const session = await target.open({ name: 'measured', uri: 'measured.feature', tags: [], seed: 1 })
  try {
    await session.apply([...readText(gateway, 'gateway.yaml').resources, ...route(0)])
    await session.send({ from: { kind: 'client' }, method: 'GET', target: `http://${host}/`, headers: {}, body: '' })
    const times: { readonly applied: number; readonly seen: number }[] = []
    for (let change = 1; change <= changes; change++) {
      const start = performance.now()
      const probe = served(url, change, start)
      await session.apply(route(change))
      times.push({ applied: performance.now() - start, seen: await probe })
    }
    const applied = median(times.map((one) => one.applied))
    const seen = median(times.map((one) => one.seen))
    const early = times.filter((one) => one.applied < one.seen - 10).length
    console.log(
      `apply ${applied.toFixed(0)} ms, served after ${seen.toFixed(0)} ms: ${(applied / seen).toFixed(2)} × (median of ${changes}); opened too early ${early} times`,
    )
  } finally {
    await session.close()
    await target.close()
  }
}

await main()
