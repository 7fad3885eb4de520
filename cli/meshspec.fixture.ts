import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { packageRoot } from '../support/package.ts'

export interface Called {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Where the built command (npm run build) is called, as a person does. */
export interface CallingFolder {
  readonly folder: string
  readonly meshspec: (args: readonly string[], cwd?: string) => Called
  /** Writes one of one scenario. @returns its name */
  readonly feature: (name: string, ...steps: readonly string[]) => string
}

/** Of one file of tests; it goes when they have ended. */
export function callingFolder(): CallingFolder {
  const folder = mkdtempSync(join(tmpdir(), 'meshspec-run-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const feature = (name: string, ...steps: readonly string[]): string => {
    writeFileSync(join(folder, name), `Feature: F\n  Scenario: S\n${steps.map((step) => `    ${step}\n`).join('')}`)
    return name
  }
  return { folder, meshspec: (args, cwd = folder) => call(args, cwd), feature }
}

function call(args: readonly string[], cwd: string): Called {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(packageRoot, 'dist', 'cli', 'main.js'), ...args], { cwd, encoding: 'utf8' })
  expect(stdout + stderr).not.toMatch(/^\s+at .*\(?(node:|file:).*:\d+:\d+\)?$/m)
  return { status, stdout, stderr }
}

export const services = ['Given the services:', '  | service | versions |', '  | a | v1 |', '  | b | v1, v2 |']

/** Steps of a scenario that holds. */
export const holding = [...services, 'When a sends "GET http://b/"', 'Then the request reaches b']
