import { execFileSync, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConfigRejected, MeshSpecError } from '../../../mesh-core/config/errors.ts'
import { Configurator, emptyConfig } from './configurator.ts'
import type { EnvoyConfig } from './configurator.ts'
import { EnvoyProcess, restSource } from './envoy-process.ts'
import { envoyForTests } from './envoy-for-tests.ts'
import { freePorts } from './free-ports.ts'
import { httpConnectionManager } from './xds/connection-manager.ts'
import { typed } from './xds/json.ts'
import type { Json } from './xds/json.ts'
import { socketAddress } from './xds/placement.ts'

const path = await envoyForTests()

function listens(port: number): Json {
  const routes = { rds: { config_source: restSource(), route_config_name: 'table' } }
  const manager = httpConnectionManager({ direction: 'outbound', statPrefix: 'test', routes, pathNormalization: 'BASE', accessLog: [] })
  const address = socketAddress({ address: '127.0.0.1', port })
  return typed('envoy.config.listener.v3.Listener', { name: 'test', address, filter_chains: [{ filters: [manager] }] })
}

function answers(body: string, domains = ['*']): Json {
  const routes = [{ match: { prefix: '/' }, direct_response: { status: 200, body: { inline_string: body } } }]
  return typed('envoy.config.route.v3.RouteConfiguration', { name: 'table', virtual_hosts: [{ name: 'all', domains, routes }] })
}

const complain = async (_: unknown, words: string) =>
  new ConfigRejected([new MeshSpecError({ code: 'APPLY_FAILED', origin: null, place: null, problem: words, hint: null })])

describe.skipIf(path === null)('an Envoy that is told what to do', () => {
  let envoy: EnvoyProcess
  let configurator: Configurator
  let port: number
  const config = (table: Json): EnvoyConfig => ({
    clusters: [],
    listeners: [listens(port)],
    routes: new Map([['table', table]]),
    endpoints: new Map(),
    secrets: new Map(),
  })
  const ask = async () => (await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })).text()

  beforeAll(async () => {
    port = (await freePorts(1))[0]!
    envoy = await EnvoyProcess.start(path!, () => {})
    configurator = await Configurator.start(envoy)
  })
  afterAll(() => envoy.stop())

  test('every answer after a change is the new one', async () => {
    for (let i = 0; i < 20; i++) {
      await configurator.use(config(answers(`answer ${i}`)), complain)
      expect(await ask()).toBe(`answer ${i}`)
    }
  })

  test('what Envoy refuses is told in its words, and the former config stays', async () => {
    await configurator.use(config(answers('good')), complain)
    await expect(configurator.use(config(answers('bad', ['*', '*'])), complain)).rejects.toThrow('Only a single wildcard domain is permitted')
    expect(await ask()).toBe('good')
    await configurator.use(config(answers('better')), complain)
    expect(await ask()).toBe('better')
  })

  test('a listener that is taken away listens no more', async () => {
    await configurator.use(config(answers('here')), complain)
    await configurator.use(emptyConfig, complain)
    await expect(ask()).rejects.toThrow('fetch failed')
  })
})

describe.skipIf(path === null)('the end of an Envoy', () => {
  test('it is stopped in less than a second', async () => {
    const envoy = await EnvoyProcess.start(path!, () => {})
    await Configurator.start(envoy)
    const start = performance.now()
    await envoy.stop()
    expect(performance.now() - start).toBeLessThan(1000)
  })

  test('one that ends by itself is told with the end of its log', async () => {
    const envoy = await EnvoyProcess.start('/bin/sh', () => {})
    await expect(Configurator.start(envoy)).rejects.toMatchObject({
      code: 'ENVOY_FAILED',
      message: expect.stringMatching(/exit code[^]*Illegal option|invalid option/),
    })
    await envoy.stop()
  })

  test('it does not outlive a parent that is killed', async () => {
    const script = fileURLToPath(new URL('./orphan.fixture.ts', import.meta.url))
    const parent = spawn(process.execPath, ['--no-warnings', '--loader', 'ts-node/esm', script, path!], { stdio: ['ignore', 'pipe', 'inherit'] })
    const marker = await new Promise<string>((resolve) => parent.stdout.once('data', (data: Buffer) => resolve(data.toString().trim())))
    expect(running(marker)).toBeGreaterThan(0)
    parent.kill('SIGKILL')
    const start = performance.now()
    while (running(marker) > 0 && performance.now() - start < 5000) await new Promise((resolve) => setTimeout(resolve, 50))
    expect(running(marker)).toBe(0)
  })
})

/** Processes whose command line holds the text. */
function running(marker: string): number {
  const lines = execFileSync('ps', ['-eo', 'args']).toString().split('\n')
  return lines.filter((line) => line.includes(marker)).length
}
