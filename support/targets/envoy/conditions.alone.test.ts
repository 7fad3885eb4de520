import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Configurator } from './configurator.ts'
import { envoyForTests } from './envoy-for-tests.ts'
import { EnvoyMesh } from './envoy-mesh.ts'
import { EnvoyHost } from './envoy-host.ts'
import { EnvoyProcess } from './envoy-process.ts'
import { findEnvoy } from './find-envoy.ts'
import { type freePorts } from './free-ports.ts'
import createTarget from './target.ts'

/** ms; whole processes are started here, perhaps on a busy machine. */
vi.setConfig({ testTimeout: 60_000 })

/** Ports that are chosen next, though somebody has them; and all that were chosen. */
const { taken, chosen } = vi.hoisted(() => ({ taken: [] as number[], chosen: [] as number[] }))
vi.mock('./free-ports.ts', async (original) => {
  const { freePorts: choose } = await original<{ freePorts: typeof freePorts }>()
  return {
    freePorts: async (count: number) => {
      const ports = (await choose(count)).map((port) => taken.shift() ?? port)
      chosen.push(...ports)
      return ports
    },
  }
})

const path = await envoyForTests()
const scenario = { name: 'test', uri: 'test', tags: [], seed: 1 }
const page = { from: { kind: 'client' }, method: 'GET', target: '/productpage', headers: {}, body: '' } as const

let folder: string
const servers: Server[] = []
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'meshspec-conditions-'))))
afterEach(() => {
  rmSync(folder, { recursive: true })
  for (const server of servers.splice(0)) server.close()
  taken.length = 0
  delete process.env['ENVOY_PATH']
})

async function holdPort(): Promise<number> {
  const server = createServer()
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

function script(text: string): string {
  const file = join(folder, 'envoy')
  writeFileSync(file, `#!/bin/sh\n${text}\n`)
  chmodSync(file, 0o755)
  return file
}

const tellsVersion = '[ "$1" = --version ] && echo "envoy  version: 0a1b2c/1.40.0/Clean/RELEASE/BoringSSL" && exit\n'

describe.skipIf(path === null)('a port is taken between its choice and its use', () => {
  test("the configurator's own", async () => {
    const envoy = await EnvoyProcess.start(path!, () => {})
    taken.push(await holdPort())
    await Configurator.start(envoy)
    expect(taken).toEqual([])
    await envoy.stop()
  })

  test('when it happens again and again, it is told', async () => {
    const envoy = await EnvoyProcess.start(path!, () => {})
    taken.push(await holdPort(), await holdPort(), await holdPort())
    await expect(Configurator.start(envoy)).rejects.toMatchObject({ code: 'ENVOY_FAILED', message: expect.stringMatching(/Address already in use/) })
    await envoy.stop()
  })

  test.each(['another program', 'another Envoy'])("a proxy's, by %s: the mesh moves to others", async (by) => {
    const [target, other] = [createTarget({ spec: false }), createTarget({ spec: false })]
    const [session, first] = [await target.open(scenario), await other.open(scenario)]
    chosen.length = 0
    await first.deployBookinfo('default')
    const ports = by === 'another Envoy' ? [...chosen] : await Promise.all(Array.from({ length: 20 }, holdPort))
    taken.push(...ports)
    await session.deployBookinfo('default')
    expect(taken).toEqual([])
    for (let i = 0; i < 5; i++) {
      const { response, hops } = await session.send(page)
      expect(response?.status).toBe(200)
      expect(hops.map(({ app }) => app)).toContain('productpage')
    }
    await Promise.all([session.close(), first.close()])
    await Promise.all([target.close(), other.close()])
  })
})

describe.skipIf(path === null)('a program of the mesh fails', () => {
  test('it is told as that, and not as an answer of the mesh', async () => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const target = createTarget({ spec: false })
    const host = await EnvoyHost.start(path!)
    const program = () => Promise.reject(new TypeError('stars is not a function'))
    const mesh = await EnvoyMesh.open(host, { seed: 1, spec: false, program: () => program })
    const { baseResources } = await import('../deployment/base.ts')
    const { readText } = await import('../../../mesh-core/config/load.ts')
    const deployment = `apiVersion: v1
kind: Service
metadata: {name: reviews}
spec: {selector: {app: reviews}, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: reviews-v1}
spec:
  selector: {matchLabels: {app: reviews}}
  template: {metadata: {labels: {app: reviews}}, spec: {containers: [{name: app, image: reviews}]}}
`
    await mesh.apply([...baseResources(), ...readText(deployment, 'reviews.yaml').resources])
    const { ref } = mesh.registry.workloads.find(({ ref }) => ref.name === 'reviews-v1')!
    const call = { from: { kind: 'workload', ref }, method: 'GET', url: 'http://reviews/reviews/0', headers: {}, body: '', timeoutMs: null } as const
    const failure = await mesh.send(call).catch((error: unknown) => error)
    expect((failure as Error).message).toBe(documented('SERVICE_FAILED').replace('reviews-v1-0', ref.instance))
    expect(written.mock.calls.join()).toContain('TypeError: stars is not a function')
    written.mockRestore()
    await mesh.close()
    await host.stop()
    await target.close()
  })
})

describe('an Envoy that does not start', () => {
  test('one that hangs', async () => {
    const envoy = await EnvoyProcess.start(script('echo "[info] thinking" >&2\nexec sleep 60'), () => {})
    await expect(Configurator.start(envoy, 400)).rejects.toMatchObject({
      code: 'ENVOY_FAILED',
      message: expect.stringMatching(
        /did not become ready within 0.4 s\n {2}hint: try it by hand: envoy --version; the end of its log:\n {4}\[info\] thinking/,
      ),
    })
    await envoy.stop()
  })

  test('one that hangs when it is asked for its version', async () => {
    const env = { ENVOY_PATH: script('exec sleep 60') }
    await expect(findEnvoy({ env, patienceMs: 300 })).rejects.toMatchObject({
      code: 'ENVOY_UNUSABLE',
      message: expect.stringContaining('it has not told its version within 0.3 s'),
    })
  })

  test('one that ends at once is told with its log, and is not tried for each scenario', async () => {
    const count = join(folder, 'starts')
    process.env['ENVOY_PATH'] = script(`${tellsVersion}echo started >> ${count}\necho "[critical] no such luck" >&2\nexit 3`)
    const target = createTarget({ spec: false })
    for (let i = 0; i < 2; i++)
      await expect(target.open(scenario)).rejects.toMatchObject({
        code: 'ENVOY_FAILED',
        message: expect.stringMatching(/Envoy has ended \(exit code 3\)\n.*the end of its log:\n {4}\[critical\] no such luck$/),
      })
    expect(readFileSync(count, 'utf8')).toBe('started\n')
    await target.close()
  })
})

test.skipIf(path === null)('no disk is needed: neither for its log nor for anything else', async () => {
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = '/dev/full'
  try {
    process.env['ENVOY_PATH'] = script(`cd /proc && exec ${path} "$@"`)
    const target = createTarget({ spec: false })
    const session = await target.open(scenario)
    await session.deployBookinfo('default')
    expect((await session.send(page)).response?.status).toBe(200)
    await session.close()
    await target.close()
  } finally {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  }
})

describe('docs/errors.md says what is printed', () => {
  test('ENVOY_NOT_FOUND', async () => {
    const env = { PATH: '/nowhere', HOME: folder, XDG_CACHE_HOME: folder }
    await expect(findEnvoy({ env })).rejects.toThrow(documented('ENVOY_NOT_FOUND'))
  })

  test('ENVOY_UNUSABLE', async () => {
    const file = script('echo "envoy  version: 0a1b2c/1.29.4/Clean/RELEASE/BoringSSL"')
    await expect(findEnvoy({ env: { ENVOY_PATH: file } })).rejects.toThrow(documented('ENVOY_UNUSABLE').replace('/opt/envoy', file))
  })

  test('of a crash what Envoy says first, and not the frames and headers after that', async () => {
    const said = [
      '[warning] before',
      '[critical] Caught Segmentation fault, suspect faulting address 0x1',
      '[critical] #2: [0x5]',
      "'x-token', 'secret'",
    ]
    const envoy = await EnvoyProcess.start(script(`cat >&2 <<'END'\n${said.join('\n')}\nEND\nkill -SEGV $$`), () => {})
    while (envoy.running) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(messageOf(() => envoy.check())).toMatch(
      / log:\n {4}\[warning\] before\n {4}\[critical\] Caught Segmentation fault, suspect faulting address 0x1$/,
    )
    await envoy.stop()
  })

  test.skipIf(path === null || !existsSync('/proc'))('ENVOY_FAILED', async () => {
    const pid = join(folder, 'pid')
    const envoy = await EnvoyProcess.start(script(`echo $$ > ${pid}\nexec ${path} "$@"`), () => {})
    await Configurator.start(envoy)
    process.kill(Number(readFileSync(pid, 'utf8')), 'SIGSEGV')
    while (envoy.running) await new Promise((resolve) => setTimeout(resolve, 10))
    // Envoy warns of this and that, and the address is another each time.
    const comparable = (text: string): string => text.replace(/\n {4}\[warning\].*/g, '').replace(/address 0x[^]*/, 'address')
    expect(comparable(messageOf(() => envoy.check()))).toBe(comparable(documented('ENVOY_FAILED')))
    await envoy.stop()
  })
})

function messageOf(check: () => void): string {
  try {
    check()
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

/** What the entry of a code shows. */
function documented(code: string): string {
  const text = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')
  const entry = text.slice(text.indexOf(`### \`${code}\``))
  return /^```text\n([^]*?)\n```$/m.exec(entry)![1]!
}
