/**
 * `npm run test:deploy`: what `deploy/` holds, in a real cluster on this machine (`../shared/lab`, or `$MESHSPEC_LAB`): the manifests are applied as they are but for
 * the image, the Job runs as the service account that it names and is allowed what they allow, and its reports are merged; a run with one right less of some rules,
 * or with `-- --rights` of each, asks for it, and fails nothing for want of it. With `helm` on PATH (or `$HELM_PATH`) the chart is held to the manifests, and run in shards with namespaces that
 * were named. The CronJob is run once, and a Pushgateway gets its metrics. Skips, with a reason, where there is no lab.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseAllDocuments, stringify } from 'yaml'
import { tryCronJob, withContainer } from './lab-cron.ts'
import { tryRights } from './lab-rights.ts'
import { drift, helm, render } from './rendered-manifests.ts'
import { Lab, missingLab, root } from './the-lab.ts'

const lab = new Lab()
const folder = mkdtempSync(join(tmpdir(), 'meshspec-deploy-'))
const cli = join(root, 'dist', 'cli', 'main.js')

/** The lab pulls no images: it runs what a container's command says. */
const ownCommand = { '^meshspec/job': { own: true } }
/** A few scenarios: of routing, and of shares. */
const scenarios = ['Only jason sees the stars', 'by Maglev']
/** One that changes the mesh config. */
const ofMesh = 'A call of gRPC that fails lets nobody in'

/** Of a Job. */
interface Container {
  command: string[]
  args: string[]
  image: string
}

const image = 'meshspec/job:lab'

function missing(): string | null {
  return missingLab() ?? (existsSync(cli) ? null : 'npm run build comes first')
}

/** The manifests, but for where the program is. */
function forLab(text: string, wanted: readonly string[]): string {
  return withContainer<Container>(text, (container) => {
    container.command = ['node', cli]
    container.args.push(`--name=${wanted.join('|')}`)
    container.image = image
  })
}

/** Without the Job: the account, and what it may do. */
function rightsIn(text: string): string {
  const documents = parseAllDocuments(text).map((document) => document.toJS() as { readonly kind: string })
  return documents
    .filter(({ kind }) => kind !== 'Job')
    .map((object) => stringify(object))
    .join('---\n')
}

/** Runs the Job to its end, and merges what it has published. */
function check(what: string, manifests: string, wanted: readonly string[] = scenarios): void {
  const applied = forLab(manifests, wanted)
  lab.kubectlWith(applied, 'apply', '-f', '-')
  if (!isDone()) throw new Error(`${what}: ${lab.kubectl('-n', 'meshspec', 'logs', '-l', 'app.kubernetes.io/name=meshspec', '--tail=100')}`)
  const published = lab.kubectl('-n', 'meshspec', 'get', 'configmap', '-l', 'meshspec.dev/report=meshspec', '-o', 'json')
  const merged = spawnSync(process.execPath, [cli, 'report', 'merge', '-', '--out', folder], { input: published, encoding: 'utf8' })
  if (merged.status !== 0) throw new Error(`${what}: report merge ended with code ${merged.status}: ${merged.stderr}`)
  const { tests } = JSON.parse(readFileSync(join(folder, 'conformance.json'), 'utf8')) as { tests: { name: string; verdict: string }[] }
  const passed = tests.filter(({ verdict }) => verdict === 'passed')
  const isRun = wanted.every((scenario) => tests.some((test) => test.name.includes(scenario)))
  if (!isRun || passed.length < tests.length) throw new Error(`${what}: ${JSON.stringify(tests.map((test) => [test.name, test.verdict]))}`)
  const left = lab.kubectl('get', 'namespaces', '-o', 'name').match(/namespace\/meshspec-\S+/g)
  if (left !== null) throw new Error(`${what} left ${left.join(', ')} behind`)
  console.log(`${what}: ${passed.length} passed`)
  lab.kubectlWith(applied, 'delete', '-f', '-', '--wait')
  lab.kubectl('delete', 'configmap', '--all-namespaces', '-l', 'meshspec.dev/report=meshspec')
}

function isDone(): boolean {
  try {
    lab.kubectl('-n', 'meshspec', 'wait', '--for=condition=Complete', '--timeout=400s', 'job/meshspec')
    return true
  } catch {
    return false
  }
}

/** Of the run's own making: only the rights of the manifests make it possible. */
function assertNoMoreRights(others: readonly (readonly [verb: string, resource: string])[]): void {
  for (const [verb, resource] of others) if (mayDo(verb, resource)) throw new Error(`the service account may ${verb} ${resource}`)
}

function mayDo(verb: string, resource: string): boolean {
  try {
    lab.kubectl('auth', 'can-i', verb, resource, '-n', 'istio-system', '--as', 'system:serviceaccount:meshspec:meshspec')
    return true
  } catch {
    return false
  }
}

async function main(): Promise<number> {
  const reason = missing()
  if (reason !== null) {
    console.log(`skipped: ${reason}`)
    return 0
  }
  try {
    lab.up(join(folder, 'images.json'), ownCommand)
    const plain = readFileSync(join(root, 'deploy', 'manifests', 'job.yaml'), 'utf8')
    lab.kubectlWith(rightsIn(plain), 'apply', '-f', '-')
    assertNoMoreRights([
      ['create', 'clusterrolebindings'],
      ['delete', 'nodes'],
      ['update', 'virtualservices'],
      ['get', 'pods/log'],
      ['update', 'configmaps/istio'],
    ])
    const problems = await tryRights(lab, process.argv.includes('--rights') ? 1 : 4)
    if (problems.length > 0) throw new Error(problems.join('\n'))
    check('deploy/manifests', plain)
    const ofCron = tryCronJob(lab, forLab(readFileSync(join(root, 'deploy', 'manifests', 'cronjob.yaml'), 'utf8'), scenarios), image, scenarios)
    if (ofCron.length > 0) throw new Error(['deploy/manifests/cronjob.yaml', ...ofCron].join('\n'))
    console.log('deploy/manifests/cronjob.yaml: its metrics are in the Pushgateway')
    if (helm() === null) console.log('skipped the chart: there is no helm on PATH')
    else {
      const changed = drift()
      if (changed.length > 0) throw new Error(`deploy/manifests is not what the chart renders: ${changed.join(', ')} (npm run deploy:manifests)`)
      lab.kubectl('create', 'namespace', 'shop')
      lab.kubectl('label', 'namespace', 'shop', 'istio-injection=enabled')
      lab.kubectl('create', 'namespace', 'meshspec')
      check('deploy/helm, two shards, a namespace that was named', render(['--set', 'job.shards=2,namespaces={shop}']))
      const changesMesh = render(['--set', 'meshConfig.change=true,namespaces={shop}'])
      lab.kubectlWith(rightsIn(changesMesh), 'apply', '-f', '-')
      assertNoMoreRights([
        ['get', 'configmaps/istio-ca-root-cert'],
        ['delete', 'configmaps/istio'],
        ['create', 'configmaps'],
      ])
      check('deploy/helm, the mesh config', changesMesh, [ofMesh])
    }
    return 0
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return 1
  } finally {
    lab.down()
    rmSync(folder, { recursive: true, force: true })
  }
}

process.on('SIGINT', () => {})
process.exitCode = await main()
