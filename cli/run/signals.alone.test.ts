import { fork } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { heedingSignals } from './signals.ts'

const folder = mkdtempSync(join(tmpdir(), 'meshspec-signals-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Takes its time to start; before that a signal would end it. */
const slow = `
setTimeout(() => {
  process.on('SIGTERM', () => process.send('heeded', () => process.exit(0)))
  process.on('message', () => {})
  process.send('ready')
}, 200)
`

test.each([
  ['before it was forked', 0],
  ['while it starts', 50],
])('a process is told, once it has started, of a signal that came %s', async (_, ms) => {
  const file = join(folder, 'slow.mjs')
  writeFileSync(file, slow)
  const ended = await heedingSignals(null, async () => {
    if (ms === 0) process.emit('SIGTERM', 'SIGTERM')
    const child = fork(file)
    const said: unknown[] = []
    child.on('message', (message) => said.push(message))
    if (ms > 0) setTimeout(() => process.emit('SIGTERM', 'SIGTERM'), ms)
    const signal = await new Promise((resolve) => child.on('close', (_code, by) => resolve(by)))
    return { said, signal }
  })
  expect(ended).toEqual({ endedBy: 'SIGTERM', result: { said: ['ready', 'heeded'], signal: null } })
})
