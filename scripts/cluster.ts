/**
 * `npm run test:cluster [-- --whole | --endpoint] [--suite] [--evidence] [--restore] [--mistakes] [--faults] [titles…] [features…]`: the conformance suite against a real mesh. With
 * `$KUBECONFIG` and `$MESHSPEC_LAB_NAME` unset a lab of our own is brought up for it where there is one (`../shared/lab`, or `$MESHSPEC_LAB`); with
 * `--kubeconfig FILE` the suite runs against that cluster, whose mesh config it changes only with `--mesh-config`. Of the parts those are done that are named, or all:
 * `--suite` runs the features that are given, or with `--whole` all, or else those that take some minutes;
 * `--evidence` looks at whether a user's own pods are judged by their access logs, `--restore` at whether a run puts back what it has changed;
 * `--mistakes` has scenarios with something wrong in them and `--faults` plants faults while a run goes on (all, or those whose title has one of the texts): each is to
 * be called by its name.
 * `--endpoint` runs Bookinfo's tasks through the lab's gateway alone, without the Kubernetes API, as a user's Bookinfo is there.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { deployBookinfo, endpointPart, silentFeatures, throughGateway } from './lab-endpoint.ts'
import { faults, tryFault } from './lab-faults.ts'
import { mistakes, tryMistakes } from './lab-mistakes.ts'
import { meshConfigIn } from './lab-objects.ts'
import { tryAccessLogs } from './lab-evidence.ts'
import { tryEndings } from './lab-restore.ts'
import { Lab, missingLab, root } from './the-lab.ts'

/** What shows every way that the target takes: pages, in-mesh calls, shares, copies, bytes, behaviour, Istio's API and the Gateway API. */
const part = [
  'features/traffic-management/request-routing.feature',
  'features/traffic-management/mirroring.feature',
  'features/traffic-management/tcp-traffic.feature',
  'features/traffic-management/gateways.feature',
  'features/mesh/endpoints.feature',
  'features/gateway-api/mesh-routes.feature',
  // The config of the whole mesh, changed and put back.
  'features/security/external-authorization.feature:121',
]

interface Report {
  readonly scenarios: readonly Scenario[]
}

interface Scenario {
  readonly uri: string
  readonly name: string
  readonly verdict: string
  readonly reasons: readonly string[]
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    whole: { type: 'boolean', default: false },
    endpoint: { type: 'boolean', default: false },
    suite: { type: 'boolean', default: false },
    evidence: { type: 'boolean', default: false },
    restore: { type: 'boolean', default: false },
    mistakes: { type: 'boolean', default: false },
    faults: { type: 'boolean', default: false },
    kubeconfig: { type: 'string' },
    context: { type: 'string' },
    'mesh-config': { type: 'boolean', default: false },
  },
})

const parts = ['suite', 'evidence', 'restore', 'mistakes', 'faults'] as const
const named = parts.filter((part) => values[part])

/** With features that are given nothing else is asked for. */
function isWanted(part: (typeof parts)[number]): boolean {
  if (named.length > 0) return named.includes(part)
  return part === 'suite' || (positionals.length === 0 && !values.endpoint)
}

const suite = positionals.length > 0 ? positionals : values.whole ? ['features'] : values.endpoint ? endpointPart : part

/** @param access how the cluster is reached */
function commandFor(report: string, access: readonly string[]): string[] {
  return [
    process.execPath,
    'dist/cli/main.js',
    'run',
    ...suite,
    '--target',
    'cluster',
    ...access,
    '--format',
    'terminal',
    '--format',
    `json:${report}`,
  ]
}

/** @param ownsMesh nobody else uses it */
function byKubernetes(ownsMesh: boolean): readonly string[] {
  const { kubeconfig, context } = values
  const changesMesh = ownsMesh || values['mesh-config']
  return [
    '--deploy',
    ...(changesMesh ? ['--mesh-config'] : []),
    ...Object.entries({ kubeconfig, context }).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value])),
  ]
}

function chosenOf<Tried extends { readonly title: string }>(part: 'mistakes' | 'faults', all: readonly Tried[]): readonly Tried[] {
  if (!isWanted(part)) return []
  return positionals.length === 0 ? all : all.filter(({ title }) => positionals.some((text) => title.includes(text)))
}

/** @returns what is wrong; empty when the suite holds, and shows something */
function problemsIn(report: string): string[] {
  const { scenarios } = JSON.parse(readFileSync(report, 'utf8')) as Report
  const wrong = scenarios.filter(({ verdict }) => verdict !== 'passed' && verdict !== 'not-supported')
  const passed = scenarios.filter(({ verdict }) => verdict === 'passed').length
  return [
    ...wrong.map(({ uri, name, verdict, reasons }) => `${verdict}: ${uri} ${name}: ${reasons[0] ?? ''}`),
    // What is not supported holds for any mesh.
    ...(values.endpoint ? silentFeatures(suite, scenarios) : []).map((feature) => `nothing passed in ${feature}`),
    ...(!values.endpoint && passed < scenarios.length / 2 ? [`only ${passed} of ${scenarios.length} scenarios have shown anything`] : []),
  ]
}

async function inLab(folder: string): Promise<string[]> {
  const lab = new Lab()
  try {
    lab.up(join(folder, 'images.json'))
    const meshBefore = meshConfigIn(lab)
    const problems = isWanted('suite') ? await suiteIn(lab, join(folder, 'report.json')) : []
    if (meshConfigIn(lab) !== meshBefore) problems.push(`the mesh config was\n${meshBefore}\nand now it is\n${meshConfigIn(lab)}`)
    if (isWanted('evidence')) problems.push(...(await tryAccessLogs(lab, join(folder, 'evidence.json'))))
    if (isWanted('restore')) problems.push(...(await tryEndings(lab)))
    problems.push(...(await mistakenIn(lab)), ...(await faultsIn(lab)))
    return problems
  } finally {
    lab.down()
  }
}

async function mistakenIn(lab: Lab): Promise<string[]> {
  const chosen = chosenOf('mistakes', mistakes)
  const found = chosen.length === 0 ? [] : await tryMistakes(lab, chosen)
  return found.flatMap((problem, i) => told(chosen[i]!.title, problem))
}

async function faultsIn(lab: Lab): Promise<string[]> {
  const problems: string[] = []
  for (const fault of chosenOf('faults', faults)) {
    const problem = await tryFault(lab, fault).catch((error: unknown) => (error instanceof Error ? error.message : String(error)))
    problems.push(...told(fault.title, problem))
  }
  return problems
}

function told(title: string, problem: string | null): string[] {
  console.log(problem === null ? `✔ ${title}` : `✖ ${title}\n${problem}`)
  return problem === null ? [] : [`not found, or not for what it is: ${title}`]
}

async function suiteIn(lab: Lab, report: string): Promise<string[]> {
  const access = values.endpoint ? throughGateway(await deployBookinfo(lab)) : byKubernetes(true)
  await lab.run(commandFor(report, access), {}, (text) => void process.stdout.write(text))
  return problemsIn(report)
}

function inCluster(folder: string): string[] {
  const report = join(folder, 'report.json')
  const [program = '', ...rest] = commandFor(report, byKubernetes(false))
  spawnSync(program, rest, { cwd: root, stdio: 'inherit' })
  return problemsIn(report)
}

async function main(): Promise<number> {
  const isGiven = values.kubeconfig !== undefined || values.context !== undefined
  const reason = isGiven ? null : missingLab()
  if (reason !== null) {
    console.log(`skipped: ${reason}`)
    return 0
  }
  const folder = mkdtempSync(join(tmpdir(), 'meshspec-cluster-'))
  try {
    const problems = isGiven ? inCluster(folder) : await inLab(folder)
    for (const problem of problems) console.error(problem)
    console.log(problems.length === 0 ? `${parts.filter(isWanted).join(', ')}: all is as it should be on a real mesh` : `${problems.length} problems`)
    return problems.length === 0 ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

process.exitCode = await main()
