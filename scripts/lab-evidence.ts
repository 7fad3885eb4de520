/** A user's own Bookinfo in the lab, of which no pod tells the run anything: who answered whom is known from the access logs of its sidecars. */
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { deployBookinfo } from './lab-endpoint.ts'
import type { Lab } from './the-lab.ts'

/** What these ask each proxy has to write down first, which takes it a second or more. */
const scenarios = [
  'features/traffic-management/request-routing.feature',
  '--name',
  'Only jason sees the stars|Rules act on requests between services',
]
const phrase = 'access logs of the pods'

const accessLogs = `
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: access-logs, namespace: istio-system}
spec: {accessLogging: [{providers: [{name: envoy}]}]}
`

interface Scenario {
  readonly uri: string
  readonly name: string
  readonly verdict: string
  readonly reasons: readonly string[]
  readonly record: { readonly evidence: readonly string[] } | null
}

/** @param report where the run's report goes. @returns what is wrong, a line each */
export async function tryAccessLogs(lab: Lab, report: string): Promise<readonly string[]> {
  await deployBookinfo(lab)
  openLogs(lab)
  lab.kubectlWith(accessLogs, 'apply', '-f', '-')
  try {
    const args = ['run', ...scenarios, '--target', 'cluster', '--namespaces', 'default', '--format', 'terminal', '--format', `json:${report}`]
    const { output } = await lab.run([process.execPath, 'dist/cli/main.js', ...args])
    if (!existsSync(report)) return [output]
    const { scenarios: judged } = JSON.parse(readFileSync(report, 'utf8')) as { readonly scenarios: readonly Scenario[] }
    const wrong = judged.filter(({ verdict }) => verdict !== 'passed' && verdict !== 'not-supported')
    const byLogs = judged.filter(({ verdict, record }) => verdict === 'passed' && record?.evidence.some((one) => one.includes(phrase)))
    console.log(`${wrong.length === 0 && byLogs.length > 0 ? '✔' : '✖'} ${byLogs.length} of ${judged.length} scenarios judged by access logs`)
    return [
      ...wrong.map(({ uri, name, verdict, reasons }) => `${verdict}: ${uri} ${name}: ${reasons[0] ?? ''}`),
      ...(byLogs.length === 0 ? [`no verdict rests on ${phrase}: ${output}`] : []),
    ]
  } finally {
    lab.kubectl('delete', 'telemetry', 'access-logs', '-n', 'istio-system')
  }
}

/** Envoy has another user than who opened its standard output, which it opens anew for access logs. Whoever runs containers gives it the right to. */
function openLogs(lab: Lab): void {
  const home = process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state')
  const pods = join(home, 'mesh-lab', lab.name, 'pods')
  const logs = readdirSync(pods).map((pod) => join(pods, pod, 'istio-proxy', 'log'))
  for (const log of logs.filter((file) => existsSync(file))) chmodSync(log, 0o666)
}
