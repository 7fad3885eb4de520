/** One feature, run in the lab, and what its report says. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Lab } from './the-lab.ts'

export interface Scenario {
  readonly name: string
  readonly verdict: string
  readonly reasons: readonly string[]
}

interface Ended {
  /** `null`: there is no report. */
  readonly scenarios: readonly Scenario[] | null
  readonly said: string
}

/** @param feature its text. @param onSaid is told all that the run has said so far, each time that it says something */
export async function runAlone(lab: Lab, feature: string, onSaid: (said: string) => void = () => {}): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'meshspec-alone-'))
  const report = join(folder, 'report.json')
  const file = join(folder, 'alone.feature')
  writeFileSync(file, feature)
  const formats = ['--format', `json:${report}`, '--format', 'terminal']
  let said = ''
  try {
    await lab.run(
      [process.execPath, 'dist/cli/main.js', 'run', file, '--target', 'cluster', '--deploy', '--settle', '6s', ...formats],
      {},
      (text) => {
        said += text
        onSaid(said)
      },
    )
    const written = existsSync(report) ? readFileSync(report, 'utf8') : ''
    return { scenarios: written === '' ? null : (JSON.parse(written) as { readonly scenarios: readonly Scenario[] }).scenarios, said }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What a run has left behind, as a complaint; `null` for nothing. */
export function leftIn(lab: Lab): string | null {
  const left = lab.kubectl('get', 'namespaces', '-l', 'meshspec.dev/run', '-o', 'name').trim()
  return left === '' ? null : `it has left ${left}`
}
