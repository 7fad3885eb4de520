import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { freePorts } from './free-ports.ts'

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
