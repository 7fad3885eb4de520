import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packageRoot } from '../support/package.ts'

/** Installing takes what the npm cache or the registry takes. */
const installMs = 300_000

const work = mkdtempSync(join(tmpdir(), 'meshspec-package-'))
const project = join(work, 'project')
// A whole node_modules goes.
afterAll(() => rmSync(work, { recursive: true, force: true }), 120_000)

function sh(command: string, cwd = project): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(command, { cwd, encoding: 'utf8', shell: true, env: { ...process.env, FORCE_COLOR: '0' } })
  return { status, output: stdout + stderr }
}

/** What `npm pack` makes, in a project that has nothing else. */
beforeAll(() => {
  expect(sh(`npm pack --ignore-scripts --silent --pack-destination ${work}`, packageRoot).status).toBe(0)
  const tarball = readdirSync(work).find((name) => name.endsWith('.tgz'))!
  mkdirSync(project)
  // As `npm init -y` of npm 11 writes it.
  writeFileSync(join(project, 'package.json'), '{ "name": "project", "private": true, "type": "commonjs" }\n')
  const installed = sh(`npm install --prefer-offline --no-audit --no-fund ../${tarball} @cucumber/cucumber@12.9 ts-node @swc/core typescript@5.9`)
  expect(installed.output).not.toContain('npm error')
}, installMs)

const passes = '3 scenarios: 3 passed'

describe('a project of its own', () => {
  test('init, and it runs', () => {
    expect(sh('npx meshspec init').output).toContain('wrote features/shop.feature')
    expect(sh('npx meshspec run')).toMatchObject({ status: 0, output: expect.stringContaining(passes) as unknown })
  }, 60_000)

  test('init again changes nothing', () => {
    expect(sh('npx meshspec init').output).not.toContain('wrote')
  }, 60_000)

  test('the conformance suite, whatever the project has of its own', () => {
    const { status, output } = sh('npx meshspec conformance --profile MESH-HTTP')
    expect(output).toContain('MESH-HTTP            Core tests succeeded')
    expect(status).toBe(0)
    expect(readFileSync(join(project, 'reports/out/conformance.yaml'), 'utf8')).toContain('file: features/gateway-api/mesh-routes.feature')
  }, 60_000)

  test('cucumber-js with the steps imported', () => {
    expect(sh('npx cucumber-js')).toMatchObject({ status: 0, output: expect.stringContaining(passes) as unknown })
  }, 60_000)

  test('cucumber-js with the steps required', () => {
    const config = "export default { requireModule: ['meshspec/steps'], format: ['summary'], worldParameters: { meshspec: { config: 'mesh' } } }\n"
    writeFileSync(join(project, 'required.mjs'), config)
    expect(sh('npx cucumber-js --config required.mjs')).toMatchObject({
      status: 0,
      output: expect.stringContaining('3 scenarios (3 passed)') as unknown,
    })
  }, 60_000)

  test("a step of the user's own, in TypeScript", () => {
    const step =
      "import { Then } from '@cucumber/cucumber'\nimport type { MeshWorld } from 'meshspec/support'\n\nThen('every answer has a body', function (this: MeshWorld) {\n  this.expect((exchanges) => (exchanges.every(({ response }) => response!.body !== '') ? undefined : 'an answer is empty'))\n})\n"
    const feature =
      'Feature: Own\n  Scenario: Own\n    Given the services:\n      | service |\n      | a       |\n      | b       |\n    When a sends "GET http://b/"\n    Then every answer has a body\n'
    mkdirSync(join(project, 'own'))
    writeFileSync(join(project, 'own', 'body.mts'), step)
    writeFileSync(join(project, 'own', 'own.feature'), feature)
    writeFileSync(
      join(project, 'tsconfig.json'),
      '{ "compilerOptions": { "module": "nodenext", "target": "es2022" }, "ts-node": { "esm": true, "swc": true, "transpileOnly": true } }\n',
    )
    writeFileSync(
      join(project, 'own.mjs'),
      "export default { paths: ['own/*.feature'], loader: ['ts-node/esm'], import: ['steps/*.mjs', 'own/*.mts'] }\n",
    )
    expect(sh('npx meshspec run --cucumber-config own.mjs')).toMatchObject({
      status: 0,
      output: expect.stringContaining('1 scenario: 1 passed') as unknown,
    })
    expect(sh('npx cucumber-js --config own.mjs').status).toBe(0)
  }, 60_000)
})
