/**
 * `npm run test:lab [-- features…]`: Bookinfo's traffic tasks against a real mesh on this machine. The lab (`../shared/lab`, or `$MESHSPEC_LAB`)
 * brings Kubernetes, istiod, sidecars and a gateway; the pods run the Bookinfo programs of this package.
 * Skips, with a reason, where there is no lab.
 */
import { spawnSync } from 'node:child_process'
import type { SpawnSyncReturns } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const lab = process.env['MESHSPEC_LAB'] ?? join(root, '..', 'shared', 'lab', 'lab')
/** A lab of our own: others may run at the same time. */
const name = `meshspec-${process.pid}`

const tasks = ['request-routing', 'traffic-shifting', 'fault-injection'].map((task) => `features/traffic-management/${task}.feature`)
/** What a scenario of these features finds in place. */
const application = ['platform/kube/bookinfo.yaml', 'networking/bookinfo-gateway.yaml', 'networking/destination-rule-all.yaml']

/** Why there can be no lab here; `null` when there can. */
function missing(): string | null {
  if (!existsSync(lab)) return `there is no lab at ${lab}`
  if (process.platform !== 'linux') return 'the lab needs Linux'
  return process.getuid?.() === 0 ? null : 'the lab needs root'
}

function run(program: string, ...rest: string[]): SpawnSyncReturns<Buffer> {
  return spawnSync(program, rest, { cwd: root, stdio: 'inherit' })
}

function must(what: string, { status }: SpawnSyncReturns<Buffer>): void {
  if (status !== 0) throw new Error(`${what} ended with code ${status}`)
}

const inLab = (...command: string[]): SpawnSyncReturns<Buffer> => run(lab, '--name', name, ...command)

/** @param images where the lab is to read which program an image is */
function start(images: string): void {
  const program = { command: ['node', join(root, 'dist', 'samples', 'pod.js'), '--port=$(LAB_PORTS)'], cwd: root }
  writeFileSync(images, JSON.stringify({ 'bookinfo-': program }))
  must('lab up', inLab('up', '--images', images))
  must('labelling the namespace', inLab('kubectl', 'label', 'namespace', 'default', 'istio-injection=enabled'))
  must('deploying Bookinfo', inLab('kubectl', 'apply', ...application.flatMap((file) => ['-f', join(root, 'samples', 'bookinfo', file)])))
  must('waiting for the pods', inLab('kubectl', 'wait', '--for=condition=Available', 'deployment', '--all', '--timeout=180s'))
  must('waiting for the page', inLab('run', '--', process.execPath, '--input-type=module', '-e', waitForPage))
}

const waitForPage = `
const isServed = async () => (await fetch(process.env.GATEWAY_URL + '/productpage').catch(() => null))?.status === 200
for (let left = 60; !(await isServed()); left--) {
  if (left === 0) throw new Error('the gateway does not serve /productpage')
  await new Promise((resolve) => setTimeout(resolve, 1000))
}`

/** @returns what is wrong with the run; `null` when it held */
function runFeatures(features: readonly string[], report: string): string | null {
  const command = `"$0" dist/cli/main.js run "$@" --target cluster --gateway "$GATEWAY_URL" --apply-command 'kubectl apply -f {file}' --settle 3s`
  const { status } = inLab('run', '--', 'sh', '-c', command, process.execPath, ...features, '--format', `json:${report}`)
  return status === 0 ? withoutEvidence(features, report) : `meshspec run ended with code ${status}`
}

/** A feature of which no scenario is supported would hold for any mesh. */
function withoutEvidence(features: readonly string[], report: string): string | null {
  const { scenarios } = JSON.parse(readFileSync(report, 'utf8')) as { scenarios: { uri: string; verdict: string }[] }
  const held = new Set(scenarios.filter(({ verdict }) => verdict === 'passed').map(({ uri }) => uri))
  const silent = features.filter((feature) => !held.has(feature.replace(/:\d+$/, '')))
  return silent.length === 0 ? null : `nothing passed in ${silent.join(', ')}`
}

function main(features: readonly string[]): number {
  const reason = missing()
  if (reason !== null) {
    console.log(`skipped: ${reason}`)
    return 0
  }
  const folder = mkdtempSync(join(tmpdir(), 'meshspec-lab-'))
  try {
    if (!existsSync(join(root, 'dist', 'samples', 'pod.js'))) must('npm run build', run('npm', 'run', 'build'))
    start(join(folder, 'images.json'))
    const problem = runFeatures(features, join(folder, 'report.json'))
    console.log(problem ?? 'the features hold on a real mesh')
    return problem === null ? 0 : 1
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return 1
  } finally {
    inLab('down')
    rmSync(folder, { recursive: true, force: true })
  }
}

// The lab is ended by `finally`: an interrupt reaches the command that runs, and then this one goes on to it.
process.on('SIGINT', () => {})
const features = process.argv.slice(2)
process.exitCode = main(features.length > 0 ? features : tasks)
