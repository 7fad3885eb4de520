import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { envoyForTests } from '../support/targets/envoy/envoy-for-tests.ts'
import { CommandFolder } from './built-command.fixture.ts'
import { packageRoot } from '../support/package.ts'

/** ms; whole processes are started here, perhaps on a busy machine. */
vi.setConfig({ testTimeout: 60_000 })

const envoy = await envoyForTests()
const folder = new CommandFolder()
afterAll(() => folder.remove())

const services = '    Given the services:\n      | service |\n      | a       |\n      | b       |\n'
const asks = '    When a sends "GET http://b/"\n    Then the response status is 200\n'
folder.write('f.feature', `Feature: F\n  Scenario: first\n${services}${asks}  Scenario: second\n${services}${asks}`)

describe('without an Envoy', () => {
  /** Nothing is found here but what every system has. */
  const env = { PATH: '/bin', HOME: folder.path, XDG_CACHE_HOME: join(folder.path, 'cache'), ENVOY_PATH: '' }

  test.each([
    ['run', ['run', 'f.feature', '--target', 'envoy']],
    ['a comparison', ['run', 'f.feature', '--target', 'core,envoy']],
    ['envoy which', ['envoy', 'which']],
    ['doctor', ['doctor']],
  ] as const)('%s says the ways to get one', async (_, args) => {
    const { status, output } = await folder.run(args, env)
    expect(output).toContain('ENVOY_NOT_FOUND there is no Envoy')
    expect(output).toContain('npx meshspec envoy install')
    expect(output).not.toContain('first')
    expect(status).toBe(2)
  })

  test('doctor names the cluster and the helm that would be asked, or says that there is none', async () => {
    const without = await folder.run(['doctor'], { ...env, KUBECONFIG: '', HELM_PATH: '' })
    expect(without.output).toContain('cluster: there is no kubeconfig, and this is no pod of a cluster; --kubeconfig FILE names a cluster')
    expect(without.output).toContain('charts: there is no helm; scenarios with charts are not supported')
    const cluster = '{clusters: [{name: c, cluster: {server: "https://mesh.test:6443"}}], users: [{name: u, user: {token: t0ken}}]'
    folder.write('kubeconfig', `${cluster}, contexts: [{name: staging, context: {cluster: c, user: u}}], current-context: staging}`)
    const helm = folder.script('helm', 'echo v3.18.4')
    const { output } = await folder.run(['doctor'], { ...env, KUBECONFIG: join(folder.path, 'kubeconfig'), HELM_PATH: helm })
    expect(output).toContain('cluster: would ask https://mesh.test:6443 (context staging)')
    expect(output).toContain(`charts: ${helm} (v3.18.4) ok`)
    expect(output).not.toContain('t0ken')
  })

  test('core and xds need none', async () => {
    expect((await folder.run(['run', 'f.feature'], env)).status).toBe(0)
    const samples = join(packageRoot, 'samples/bookinfo/platform')
    const { status, output } = await folder.run(['xds', samples, '--proxy', 'productpage', '--kind', 'clusters', '--format', 'yaml'], env)
    expect(output).toContain('name: outbound|9080||reviews.default.svc.cluster.local')
    expect(status).toBe(0)
  })
})

test.each([
  ['too old', 'echo "envoy  version: 0a1b2c/1.29.4/Clean/RELEASE/BoringSSL"', 'it is 1.29.4, and at least 1.30.0 is needed'],
  ['of another CPU', '\x7fELF\x02\x01\x01', "is it another CPU's or system's?"],
])('an Envoy that is %s', async (_, text, says) => {
  const file = folder.script('unusable', text)
  if (text.startsWith('\x7f')) writeFileSync(file, `${text}\0\0\0\0\0\0\0\0\0\x02\0\xf3\0`)
  const { status, output } = await folder.run(['run', 'f.feature', '--target', 'envoy'], { ENVOY_PATH: file })
  expect(output).toContain('ENVOY_UNUSABLE')
  expect(output).toContain(says)
  expect(status).toBe(2)
})

test('one that is not executable', async () => {
  folder.write('plain', '#!/bin/sh\n')
  const { status, output } = await folder.run(['run', 'f.feature', '--target', 'envoy'], { ENVOY_PATH: join(folder.path, 'plain') })
  expect(output).toContain('it is not executable')
  expect(status).toBe(2)
})

test.skipIf(envoy === null)('one that crashes in a scenario fails that one, and no other', async () => {
  const once = join(folder.path, 'once')
  const pid = join(folder.path, 'pid')
  const file = folder.script('counted', `[ "$1" = --version ] || echo $$ >> ${pid}\nexec ${envoy} "$@"`)
  const crash = `sh -c '[ -e ${once} ] || { touch ${once}; kill -SEGV $(tail -1 ${pid}); }'`
  folder.write(
    'crash.mjs',
    `import { Given } from '${import.meta.resolve('@cucumber/cucumber')}'\nimport { execSync } from 'node:child_process'\nGiven('a crash', () => void execSync(${JSON.stringify(crash)}))\n`,
  )
  folder.write('cucumber.json', JSON.stringify({ default: { import: ['crash.mjs'] } }))
  const crashes = `${services}    And a crash\n${asks}`
  folder.write('crash.feature', `Feature: F\n  Scenario: first\n${crashes}  Scenario: second\n${crashes}`)
  const { status, output } = await folder.run(['run', 'crash.feature', '--target', 'envoy', '--parallel', '0'], { ENVOY_PATH: file })
  expect(output).toMatch(/✖ F: first[^]*ENVOY_FAILED Envoy has ended \(signal 11\)[^]*the end of its log:[^]*Segmentation fault/)
  expect(output).toContain('2 scenarios: 1 passed, 1 failed')
  expect(readFileSync(pid, 'utf8').trim().split('\n')).toHaveLength(2)
  expect(status).toBe(1)
})
