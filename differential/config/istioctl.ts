import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Plain } from './beginnings.ts'

const run = promisify(execFile)
const besideUs = resolve(import.meta.dirname, '../../../shared/bin/istioctl')

/** `$ISTIOCTL`, the one beside this repository, or that on PATH. @returns null where there is none */
export function findIstioctl(): string | null {
  if (process.env.ISTIOCTL) return process.env.ISTIOCTL
  if (existsSync(besideUs)) return besideUs
  return spawnSync('istioctl', ['version', '--remote=false']).error ? null : 'istioctl'
}

/** What `istioctl validate` refuses, by `Kind/namespace/name`; all documents in one process. */
export async function refusedByIstioctl(istioctl: string, documents: readonly Plain[]): Promise<ReadonlyMap<string, string>> {
  return inFolder(documents, async (file) => {
    const { stderr, stdout } = await output(istioctl, ['validate', '-f', file])
    const refused = new Map<string, string>()
    for (const [, key = '', problem = ''] of `${stdout}\n${stderr}`
      .replace(/^[^\n]* has warnings:[^]*?\n\n/gm, '')
      .matchAll(/^\t\* (\w+\/[^/\s]*\/[^:\s]+): (.*)$/gm))
      if (!refused.has(key)) refused.set(key, problem)
    return refused
  })
}

/** A message of `istioctl analyze`. */
export interface AnalyzeMessage {
  readonly code: string
  /** `Kind namespace/name` */
  readonly origin: string
  readonly message: string
}

/** What `istioctl analyze` says of documents that are all that there is; those that it cannot read are named, and left out by it. */
export interface IstioctlAnalysis {
  readonly messages: readonly AnalyzeMessage[]
  readonly unread: readonly Plain[]
}

export async function analyzedByIstioctl(istioctl: string, documents: readonly Plain[]): Promise<IstioctlAnalysis> {
  return inFolder(documents, async (file) => {
    const { stdout, stderr } = await output(istioctl, ['analyze', '--use-kube=false', '-A', '-o', 'json', file])
    const list = /^\[[^]*?^\]$|^\[\]$/m.exec(stdout)?.[0]
    if (list === undefined) throw new Error(`istioctl analyze: ${stdout}${stderr}`.slice(0, 1000))
    const unread = [...`${stdout}${stderr}`.matchAll(/error processing \S+config\.yaml\[(\d+)\]/g)].map(([, index]) => documents[Number(index)]!)
    return { messages: JSON.parse(list) as AnalyzeMessage[], unread: [...new Set(unread)] }
  })
}

/** Without a cluster it leaves out the analyzers that look at pods, services, secrets and the like, even where those stand in the files. */
export async function skippedByIstioctl(istioctl: string): Promise<ReadonlySet<string>> {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } }
  return inFolder([namespace], async (file) => {
    const { stdout, stderr } = await output(istioctl, ['analyze', '--use-kube=false', '-v', file])
    const [, names = ''] = /^Skipped analyzers:\n((?:\t.*\n)*)/m.exec(stdout + stderr) ?? []
    return new Set(names.split('\n').map((name) => name.trim()))
  })
}

async function inFolder<T>(documents: readonly Plain[], use: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'differential-'))
  try {
    const file = join(folder, 'config.yaml')
    writeFileSync(file, documents.map((document) => JSON.stringify(document, null, 1)).join('\n---\n'))
    return await use(file)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** It ends with 1, or 79, when there is something to say. */
async function output(command: string, args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  try {
    return await run(command, [...args], { maxBuffer: 2 ** 28, env: { ...process.env, KUBECONFIG: '/dev/null' } })
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string }
    if (stdout === undefined || stderr === undefined) throw error
    return { stdout, stderr }
  }
}
