/**
 * `npm run test:deploy`: what `deploy/` holds, in a real cluster on this machine (`../shared/lab`, or `$MESHSPEC_LAB`): the manifests are applied as they are but for
 * the image, the Job runs as the service account that it names and is allowed what they allow, and its reports are merged. With `helm` on PATH (or `$HELM_PATH`) the
 * chart is held to the manifests, and run in shards with namespaces that were named. Skips, with a reason, where there is no lab.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments, stringify } from 'yaml'
import { drift, helm, render } from './rendered-manifests.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const lab = process.env['MESHSPEC_LAB'] ?? join(root, '..', 'shared', 'lab', 'lab')
const name = `meshspec-deploy-${process.pid}`
const folder = mkdtempSync(join(tmpdir(), 'meshspec-deploy-'))
const cli = join(root, 'dist', 'cli', 'main.js')

/** The lab pulls no images: it runs what a container's command says, or what is said here. */
const images = {
  '^meshspec/job': { own: true },
  'meshspec/meshspec|bookinfo-': { command: ['node', join(root, 'dist', 'samples', 'pod.js')], cwd: root },
}
/** A few scenarios: of routing, and of shares. */
const scenarios = ['Only jason sees the stars', 'by Maglev']

interface KubeObject {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: { command: string[]; args: string[]; image: string; env: { name: string; value: string }[] }[] }
    }
  }
}

function missing(): string | null {
  if (!existsSync(lab)) return `there is no lab at ${lab}`
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'the lab needs Linux and root'
  return existsSync(cli) ? null : 'npm run build comes first'
}

/** @throws Error when it fails */
function inLab(input: string | null, ...command: string[]): string {
  const { status, stdout, stderr } = spawnSync(lab, ['--name', name, ...command], {
    encoding: 'utf8',
    input: input ?? '',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (status !== 0) throw new Error(`${command.join(' ')} ended with code ${status}: ${stdout}${stderr}`)
  return stdout
}

const kubectl = (...args: string[]): string => inLab(null, 'kubectl', ...args)

/** The manifests, but for where the program is. */
function forLab(text: string): string {
  const objects = parseAllDocuments(text).map((document) => document.toJS() as KubeObject)
  for (const { kind, spec } of objects) {
    const container = kind === 'Job' ? spec.template.spec.containers[0]! : null
    if (container === null) continue
    container.command = ['node', cli]
    container.args.push(`--name=${scenarios.join('|')}`)
    container.image = 'meshspec/job:lab'
  }
  return objects.map((object) => stringify(object)).join('---\n')
}

/** Runs the Job to its end, and merges what it has published. */
function check(what: string, manifests: string): void {
  inLab(forLab(manifests), 'kubectl', 'apply', '-f', '-')
  const done = spawnSync(lab, ['--name', name, 'kubectl', '-n', 'meshspec', 'wait', '--for=condition=Complete', '--timeout=400s', 'job/meshspec'])
  if (done.status !== 0) throw new Error(`${what}: ${kubectl('-n', 'meshspec', 'logs', '-l', 'app.kubernetes.io/name=meshspec', '--tail=100')}`)
  const published = kubectl('-n', 'meshspec', 'get', 'configmap', '-l', 'meshspec.dev/report=meshspec', '-o', 'json')
  const merged = spawnSync(process.execPath, [cli, 'report', 'merge', '-', '--out', folder], { input: published, encoding: 'utf8' })
  if (merged.status !== 0) throw new Error(`${what}: report merge ended with code ${merged.status}: ${merged.stderr}`)
  const { tests } = JSON.parse(readFileSync(join(folder, 'conformance.json'), 'utf8')) as { tests: { name: string; verdict: string }[] }
  const passed = tests.filter(({ verdict }) => verdict === 'passed')
  const isRun = scenarios.every((scenario) => tests.some((test) => test.name.includes(scenario)))
  if (!isRun || passed.length < tests.length) throw new Error(`${what}: ${JSON.stringify(tests.map((test) => [test.name, test.verdict]))}`)
  const left = kubectl('get', 'namespaces', '-o', 'name').match(/namespace\/meshspec-\S+/g)
  if (left !== null) throw new Error(`${what} left ${left.join(', ')} behind`)
  console.log(`${what}: ${passed.length} passed`)
  inLab(forLab(manifests), 'kubectl', 'delete', '-f', '-', '--wait')
  kubectl('delete', 'configmap', '--all-namespaces', '-l', 'meshspec.dev/report=meshspec')
}

/** Of the run's own making: only the rights of the manifests make it possible. */
function assertNoMoreRights(): void {
  for (const [verb, resource] of [
    ['get', 'secrets'],
    ['create', 'clusterrolebindings'],
    ['delete', 'nodes'],
    ['patch', 'configmaps'],
  ] as const) {
    const asked = ['auth', 'can-i', verb, resource, '-n', 'istio-system', '--as', 'system:serviceaccount:meshspec:meshspec']
    if (spawnSync(lab, ['--name', name, 'kubectl', ...asked]).status === 0) throw new Error(`the service account may ${verb} ${resource}`)
  }
}

function main(): number {
  const reason = missing()
  if (reason !== null) {
    console.log(`skipped: ${reason}`)
    return 0
  }
  try {
    writeFileSync(join(folder, 'images.json'), JSON.stringify(images))
    inLab(null, 'up', '--images', join(folder, 'images.json'))
    const plain = readFileSync(join(root, 'deploy', 'manifests', 'job.yaml'), 'utf8')
    inLab(forLab(plain), 'kubectl', 'apply', '-f', '-')
    assertNoMoreRights()
    check('deploy/manifests', plain)
    if (helm() === null) console.log('skipped the chart: there is no helm on PATH')
    else {
      const changed = drift()
      if (changed.length > 0) throw new Error(`deploy/manifests is not what the chart renders: ${changed.join(', ')} (npm run deploy:manifests)`)
      kubectl('create', 'namespace', 'shop')
      kubectl('label', 'namespace', 'shop', 'istio-injection=enabled')
      kubectl('create', 'namespace', 'meshspec')
      check('deploy/helm, two shards, a namespace that was named', render(['--set', 'job.shards=2,namespaces={shop}']))
    }
    return 0
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return 1
  } finally {
    spawnSync(lab, ['--name', name, 'down'])
    rmSync(folder, { recursive: true, force: true })
  }
}

process.on('SIGINT', () => {})
process.exitCode = main()
