import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { freePorts, OwnPorts } from './free-ports.ts'

test('none is given twice, none is of those that the system gives to connections, and none is taken', async () => {
  const [first] = await freePorts(1)
  const taken = first! === 32_767 ? 10_000 : first! + 1
  const server = createServer()
  await new Promise<void>((resolve) => server.on('error', () => resolve()).listen(taken, '127.0.0.1', resolve))
  const ports = [first!, ...(await freePorts(50)), ...(await freePorts(50))]
  server.close()
  expect(new Set(ports).size).toBe(101)
  expect(ports).not.toContain(taken)
  expect(ports.every((port) => port >= 10_000 && port < 32_768)).toBe(true)
})

test('two that begin at the same place give out different ones, though nobody has taken them yet', async () => {
  const [one, other] = [new OwnPorts(20), new OwnPorts(20)]
  const given = await Promise.all([one.free(70), other.free(70), one.free(70), other.free(70)])
  expect(new Set(given.flat()).size).toBe(280)
})

test('what asks for many at once gets them, across the end of the range', async () => {
  const ports = await new OwnPorts(354).free(150)
  expect(new Set(ports).size).toBe(150)
  expect(ports.every((port) => port >= 10_000 && port < 32_768)).toBe(true)
})

test('who has used many leaves room for others', async () => {
  const one = new OwnPorts(0)
  for (let times = 0; times < 46; times++) await one.free(500)
  const ports = await new OwnPorts(0).free(100)
  expect(new Set(ports).size).toBe(100)
}, 60_000)

test('where others hold all blocks, what is free there is given out', async () => {
  const others = Array.from({ length: 16 }, (_, i) => new OwnPorts(i * 24))
  await Promise.all(others.map((one) => one.free(24 * 63)))
  expect(new Set(await new OwnPorts(7).free(100)).size).toBe(100)
}, 60_000)
