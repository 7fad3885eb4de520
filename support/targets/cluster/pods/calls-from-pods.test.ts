import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { Headers } from '../../../../mesh-core/ir/message.ts'
import type { HttpRequest } from '../../../../mesh-core/ir/message.ts'
import { ownSamples } from '../../../package.ts'
import { PodAgent } from './agent.ts'
import { answeredOf, podCall } from './calls-from-pods.ts'
import type { Pod } from './pod.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** The agent as it runs in a pod. */
function agentHere(): PodAgent {
  const child = spawn(process.execPath, [join(ownSamples, 'pod', 'agent.mjs')])
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  const pod = { namespace: 'a', name: 'shop-x', container: 'shop' } as Pod
  const agent = new PodAgent(pod, { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, ended, kill: () => child.kill() })
  closing.push(() => agent.close())
  return agent
}

async function serve(headers: Readonly<Record<string, string>>, body: Buffer): Promise<number> {
  const server = createServer((_, response) => response.writeHead(200, headers).end(body))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return (server.address() as AddressInfo).port
}

const request: HttpRequest = { method: 'GET', scheme: 'http', authority: 'shop', path: '/', headers: new Headers(), body: '' }

test.each([
  ['text', {}, Buffer.from('süß'), 'süß'],
  ['no text', {}, Buffer.from([0x89, 0x50, 0xff]), '\x89P\xff'],
  ['compressed', { 'content-encoding': 'gzip' }, gzipSync('süß'), 'süß'],
  ['compressed in a way that is not read', { 'content-encoding': 'zstd' }, Buffer.from('(zstd)'), '(zstd)'],
])('an answer that is %s is shown as it was', async (_, headers, body, shown) => {
  const port = await serve(headers, body)
  const call = {
    host: '127.0.0.1',
    port,
    secure: false,
    method: 'GET',
    path: '/',
    headers: ['host', 'shop'],
    body: '',
    timeoutMs: 5000,
    elsewhere: false,
  }
  const { response } = answeredOf(request, await agentHere().call(call))
  expect(response).toMatchObject({ status: 200, body: shown })
  expect(response?.headers.get('content-encoding')).toBe((headers as Readonly<Record<string, string>>)['content-encoding'])
})

test('a method that may have a body is sent without one as such, and not as no chunks', async () => {
  const received: (readonly (string | undefined)[])[] = []
  const server = createServer((message, response) => {
    received.push([message.method, message.headers['content-length'], message.headers['transfer-encoding']])
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  const agent = agentHere()
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  for (const [method, body] of [
    ['POST', ''],
    ['POST', 'für'],
    ['GET', ''],
    ['DELETE', ''],
  ] as const)
    await agent.call({ ...podCall({ ...request, method, body, headers: new Headers() }, url, '127.0.0.1'), elsewhere: false })
  expect(received).toEqual([
    ['POST', '0', undefined],
    ['POST', '4', undefined],
    ['GET', undefined, undefined],
    ['DELETE', undefined, undefined],
  ])
})
