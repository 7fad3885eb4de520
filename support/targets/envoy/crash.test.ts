import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { envoyForTests } from './envoy-for-tests.ts'
import createTarget from './target.ts'

const path = await envoyForTests()
const scenario = { name: 'test', uri: 'test', tags: [], seed: 1 }
const page = { from: { kind: 'client' }, method: 'GET', target: '/productpage', headers: {}, body: '' } as const

describe.skipIf(path === null)('Envoy crashes in the middle of a scenario', () => {
  const folder = mkdtempSync(join(tmpdir(), 'meshspec-crash-'))
  const pidFile = join(folder, 'pid')
  const target = createTarget({ spec: false })
  afterAll(async () => {
    await target.close()
    rmSync(folder, { recursive: true })
    delete process.env['ENVOY_PATH']
  })

  test('it fails with what happened, and the next one starts clean', async () => {
    const wrapper = join(folder, 'envoy')
    writeFileSync(wrapper, `#!/bin/sh\necho $$ > ${pidFile}\nexec ${path} "$@"\n`)
    chmodSync(wrapper, 0o755)
    process.env['ENVOY_PATH'] = wrapper
    const session = await target.open(scenario)
    await session.deployBookinfo('default')
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGSEGV')
    await new Promise((resolve) => setTimeout(resolve, 300))
    await expect(session.send(page)).rejects.toMatchObject({ code: 'ENVOY_FAILED', message: expect.stringContaining('Envoy has ended (signal 11)') })
    await session.close()

    const next = await target.open(scenario)
    await next.deployBookinfo('default')
    expect((await next.send(page)).response?.status).toBe(200)
    await next.close()
  })
})
