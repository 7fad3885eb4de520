import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { ObservedCase } from '../vectors/mesh-observed/case.ts'
import { worldFileOf } from './worlds.ts'

/** Says what istiod's code and real Envoy do with cases. */
const oracle = resolve(import.meta.dirname, '../../shared/oracle/ask')

export function oracleIsThere(): boolean {
  return existsSync(oracle)
}

/** Of the processes that answer: while one has istiod compute its cases, which it does one by one, the other has Envoy run those that it has. */
const processes = 2

/** @returns the cases with what was observed, in their order. A case takes about half a second. */
export async function ask(cases: readonly ObservedCase[]): Promise<readonly ObservedCase[]> {
  const share = Math.ceil(cases.length / processes)
  const parts = Array.from({ length: processes }, (_, i) => cases.slice(i * share, (i + 1) * share)).filter((part) => part.length > 0)
  return (await Promise.all(parts.map(askOne))).flat()
}

async function askOne(cases: readonly ObservedCase[]): Promise<readonly ObservedCase[]> {
  const folder = mkdtempSync(join(tmpdir(), 'differential-'))
  try {
    mkdirSync(join(folder, 'worlds'))
    for (const world of new Set(cases.flatMap(({ world }) => world ?? [])))
      copyFileSync(worldFileOf({ world }), join(folder, 'worlds', `${world}.yaml`))
    const file = join(folder, 'generated.json')
    writeFileSync(file, escaped(cases))
    return JSON.parse(await output(oracle, ['--json', '--jobs', '2', file])) as ObservedCase[]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The oracle reads it as YAML, in which some characters stand as escapes alone. */
function escaped(cases: readonly ObservedCase[]): string {
  return JSON.stringify(cases).replace(/[\u007f-\u009f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function output(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolveText, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    const [out, err]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolveText(Buffer.concat(out).toString())
      else reject(new Error(`the oracle ended with ${code}: ${Buffer.concat(err).toString().slice(-2000)}`))
    })
  })
}
