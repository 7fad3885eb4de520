import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { decode, encode } from 'dns-packet'
import type { Answer } from 'dns-packet'
import { afterEach, expect, test } from 'vitest'
import { NameServer } from './name-server.ts'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

const alias = (name: string, data: string): Answer => ({ type: 'CNAME', name, ttl: 5, data })
const host = (name: string, data: string): Answer => ({ type: 'A', name, ttl: 5, data })

/** What the cluster's DNS knows. */
const records: Readonly<Record<string, Answer[]>> = {
  'shop.default.svc.cluster.local': [host('shop.default.svc.cluster.local', '10.96.0.7')],
  'my-cnn.default.svc.cluster.local': [
    alias('my-cnn.default.svc.cluster.local', 'edition.cnn.com'),
    alias('edition.cnn.com', 'cdn.example.net'),
    host('cdn.example.net', '192.0.2.7'),
  ],
  'my-lost.default.svc.cluster.local': [alias('my-lost.default.svc.cluster.local', 'lost.example.com')],
}

/** Of the cluster. @returns its address, and what it was asked */
async function clusterDns(): Promise<{ readonly address: string; readonly asked: string[] }> {
  const socket = createSocket('udp4')
  open.push(socket)
  const asked: string[] = []
  socket.on('message', (message, { port, address }) => {
    const { id, questions = [] } = decode(message)
    const { name = '' } = questions[0] ?? {}
    asked.push(name)
    const answers = records[name] ?? []
    // RCODE 3 is NXDOMAIN.
    socket.send(encode({ type: 'response', id: id!, flags: answers.length > 0 ? 0 : 3, questions, answers }), port, address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return { address: `127.0.0.1:${socket.address().port}`, asked }
}

async function client(server: NameServer): Promise<Resolver> {
  open.push(server)
  const resolver = new Resolver({ timeout: 2000, tries: 1 })
  resolver.setServers([`127.0.0.1:${await server.listen(0)}`])
  return resolver
}

test('names that it has been told lead to it, in any case of letters, and below a wildcard', async () => {
  const { address, asked } = await clusterDns()
  const server = new NameServer('10.244.0.9', [address])
  const resolver = await client(server)
  server.know(['Edition.CNN.com', '*.wikipedia.org'])
  expect(await resolver.resolve4('edition.cnn.com')).toEqual(['10.244.0.9'])
  expect(await resolver.resolve4('EN.Wikipedia.org')).toEqual(['10.244.0.9'])
  await expect(resolver.resolve6('edition.cnn.com')).rejects.toMatchObject({ code: 'ENODATA' })
  expect(asked).toEqual([])
  await expect(resolver.resolve4('wikipedia.org')).rejects.toMatchObject({ code: 'ENOTFOUND' })
})

test('everything else the DNS of the cluster answers', async () => {
  const { address, asked } = await clusterDns()
  const server = new NameServer('10.244.0.9', [address])
  const resolver = await client(server)
  server.know(['edition.cnn.com'])
  expect(await resolver.resolve4('shop.default.svc.cluster.local')).toEqual(['10.96.0.7'])
  await expect(resolver.resolve4('nobody.example.com')).rejects.toMatchObject({ code: 'ENOTFOUND' })
  server.know([])
  await expect(resolver.resolve4('edition.cnn.com')).rejects.toMatchObject({ code: 'ENOTFOUND' })
  expect(asked).toEqual(['shop.default.svc.cluster.local', 'nobody.example.com', 'edition.cnn.com'])
})

test('other names of those lead to it, too', async () => {
  const { address } = await clusterDns()
  const server = new NameServer('10.244.0.9', [address])
  const resolver = await client(server)
  expect(await resolver.resolve4('my-cnn.default.svc.cluster.local')).toEqual(['192.0.2.7'])
  server.know(['Edition.cnn.com', 'lost.example.com'])
  expect(await resolver.resolve4('my-cnn.default.svc.cluster.local')).toEqual(['10.244.0.9'])
  expect(await resolver.resolve4('my-lost.default.svc.cluster.local')).toEqual(['10.244.0.9'])
  expect(await resolver.resolve6('my-lost.default.svc.cluster.local')).toEqual([])
  expect(await resolver.resolve4('shop.default.svc.cluster.local')).toEqual(['10.96.0.7'])
})

test('what is no message of DNS keeps nobody from an answer', async () => {
  const { address } = await clusterDns()
  const server = new NameServer('10.244.0.9', [address])
  server.know(['edition.cnn.com'])
  open.push(server)
  const port = await server.listen(0)
  const socket = createSocket('udp4')
  open.push(socket)
  await new Promise<void>((resolve) => socket.send(Buffer.from([1, 2, 3]), port, '127.0.0.1', () => resolve()))
  const resolver = new Resolver({ timeout: 2000, tries: 1 })
  resolver.setServers([`127.0.0.1:${port}`])
  expect(await resolver.resolve4('edition.cnn.com')).toEqual(['10.244.0.9'])
})
