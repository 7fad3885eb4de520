import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { median } from './benchmark.ts'

export interface ProcessRun {
  readonly seconds: number
  /** Largest resident memory that was seen, in MiB; 0 where the system does not tell. */
  readonly peakMiB: number
  readonly exitCode: number | null
  readonly output: string
}

/** Runs a program to its end. */
export function runProcess(command: string, args: readonly string[]): Promise<ProcessRun> {
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const child = spawn(command, [...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let peakMiB = 0
    const poll = setInterval(() => (peakMiB = Math.max(peakMiB, peakOf(child.pid))), 20)
    child.stdout.on('data', (data) => (output += String(data)))
    child.stderr.on('data', (data) => (output += String(data)))
    child.on('error', reject)
    child.on('close', (exitCode) => {
      clearInterval(poll)
      resolve({ seconds: (performance.now() - start) / 1000, peakMiB, exitCode, output })
    })
  })
}

/** The kernel keeps the peak, so that the last look before the end is what counts. */
function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

export interface SideBySide {
  readonly seconds: readonly number[]
  readonly peakMiB: readonly number[]
}

/** Runs several programs in turns, so that what else the machine does falls on all of them alike. */
export async function sideBySide(commands: readonly (readonly [command: string, ...args: string[]])[], runs: number): Promise<SideBySide> {
  const all: ProcessRun[][] = commands.map(() => [])
  for (let i = 0; i < runs; i++)
    for (const [index, [command, ...args]] of commands.entries()) {
      const run = await runProcess(command, args)
      if (run.exitCode !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${run.exitCode}:\n${run.output.slice(-2000)}`)
      all[index]!.push(run)
    }
  return {
    seconds: all.map((list) => median(list.map(({ seconds }) => seconds))),
    peakMiB: all.map((list) => Math.max(...list.map(({ peakMiB }) => peakMiB))),
  }
}
