/** `deploy/manifests` is what the chart in `deploy/helm` renders with these values; `npm run deploy:manifests` writes it. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const deploy = join(dirname(dirname(fileURLToPath(import.meta.url))), 'deploy')

export const manifests: Readonly<Record<string, readonly string[]>> = {
  'job.yaml': [],
  'cronjob.yaml': ['--set', 'job.enabled=false,cronJob.enabled=true,metrics.pushgateway=http://pushgateway.monitoring:9091'],
}

const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: meshspec\n'

/** The program; `null` when there is none. */
export function helm(): string | null {
  const program = process.env['HELM_PATH'] ?? 'helm'
  return spawnSync(program, ['version'], { stdio: 'ignore' }).status === 0 ? program : null
}

/** @throws Error with what helm says */
export function render(values: readonly string[]): string {
  const args = ['template', 'meshspec', join(deploy, 'helm', 'meshspec'), '--namespace', 'meshspec', ...values]
  const { status, stdout, stderr } = spawnSync(helm() ?? 'helm', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`helm template ended with code ${status}: ${stderr}`)
  // Releases of helm differ in empty lines at the end of documents.
  return stdout.replace(/\n+(?=---\n)/g, '\n')
}

/** With the namespace that helm itself would make. */
export function manifest(file: string): string {
  return `${namespace}${render(manifests[file]!)}`
}

/** @returns the files that are not what the chart renders */
export function drift(): readonly string[] {
  return Object.keys(manifests).filter((file) => readFileSync(join(deploy, 'manifests', file), 'utf8') !== manifest(file))
}
