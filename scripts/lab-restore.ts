/** What stood in the cluster before a run is there after it, byte for byte, however the run ends; and nothing else is. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asWritten, meshConfigIn } from './lab-objects.ts'
import type { Lab } from './the-lab.ts'

const namespace = 'restored'

const destinationRule = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: shop, namespace: ${namespace}}
spec:
  host: shop
  subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
`

/** A user's, of which the scenarios replace one and take the other away; a third object they make. */
const before = `${destinationRule}---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
  namespace: ${namespace}
  labels: {team: checkout}
  annotations: {note: "ours\\tsince 2019"}
spec:
  hosts: [shop]
  http: [{route: [{destination: {host: shop, subset: v1}, weight: 90}, {destination: {host: shop, subset: v2}, weight: 10}]}]
`

const feature = `Feature: What is put back
  Background:
    Given the mesh config:
      """
      h2UpgradePolicy: UPGRADE
      """
    And the config "destination-rule.yaml"
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop, namespace: ${namespace}}
      spec: {hosts: [shop], http: [{route: [{destination: {host: shop}}]}]}
      ---
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: outside, namespace: ${namespace}}
      spec: {hosts: [outside.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}
      """

  Scenario: succeeds
    When the config "destination-rule.yaml" is deleted
    And 10ms pass

  Scenario: fails
    When the config "destination-rule.yaml" is deleted
    And the config is applied:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop, namespace: ${namespace}}
      spec: {hosts: [shop], http: [{route: [{destination: {host: shop}, weight: -5}]}]}
      """
    Then the config is accepted

  Scenario: waits
    When the config "destination-rule.yaml" is deleted
    And 59s pass
`

interface Ending {
  readonly title: string
  readonly scenario: string
  readonly args?: readonly string[]
  /** Sent when the scenario has changed the cluster. */
  readonly signal?: 'INT' | 'TERM' | 'KILL'
  /** `null`: none, for a signal ended it. */
  readonly status: number | null
  /** What puts back what a killed run has left. */
  readonly after?: 'clean' | 'clean elsewhere' | 'another run'
}

const endings: readonly Ending[] = [
  { title: 'a success', scenario: 'succeeds', status: 0 },
  { title: 'a failure', scenario: 'fails', status: 1 },
  { title: 'Ctrl-C', scenario: 'waits', signal: 'INT', status: 130 },
  { title: 'SIGTERM', scenario: 'waits', signal: 'TERM', status: 143 },
  { title: 'the end of its time', scenario: 'waits', args: ['--time-limit', '12s'], status: 1 },
  { title: 'kill -9, and meshspec clean', scenario: 'waits', signal: 'KILL', status: null, after: 'clean' },
  { title: 'kill -9, and meshspec clean on another machine', scenario: 'waits', signal: 'KILL', status: null, after: 'clean elsewhere' },
  { title: 'kill -9, and another run on another machine', scenario: 'waits', signal: 'KILL', status: null, after: 'another run' },
]

/** @returns what is wrong, a line each */
export async function tryEndings(lab: Lab): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'meshspec-restore-'))
  try {
    writeFileSync(join(folder, 'restored.feature'), feature)
    writeFileSync(join(folder, 'destination-rule.yaml'), destinationRule)
    lab.kubectl('create', 'namespace', namespace)
    lab.kubectlWith(before, 'apply', '-f', '-')
    const wanted = everythingIn(lab)
    const problems: string[] = []
    for (const ending of endings) {
      const problem = await tryEnding(lab, folder, ending, wanted)
      console.log(`${problem === null ? '✔' : '✖'} put back after ${ending.title}`)
      if (problem !== null) problems.push(`after ${ending.title}: ${problem}`)
    }
    return problems
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function tryEnding(lab: Lab, folder: string, ending: Ending, wanted: string): Promise<string | null> {
  const { scenario, args = [], signal, status, after } = ending
  const run = [...runOf(folder, scenario), ...args]
  let said = ''
  const ended = lab.run(['sh', '-c', 'echo "pid $$."; exec "$@"', 'sh', process.execPath, ...run], {}, (text) => void (said += text))
  while (!/pid \d+\./.test(said)) await new Promise((resolve) => setTimeout(resolve, 10))
  const changed = signal === undefined || (await isChanged(lab))
  if (signal !== undefined) await lab.run(['kill', `-${signal}`, /pid (\d+)\./.exec(said)![1]!])
  const came = await ended
  const cleaned = after === undefined ? null : await lab.run(finishers(lab, folder)[after])
  if (!changed) return 'the run changed nothing'
  if (came.status !== status) return `it ended with ${came.status}: ${came.output}`
  const found = everythingIn(lab)
  return found === wanted ? null : `there was\n${wanted}\nand now there is\n${found}\n${cleaned?.output ?? ''}`
}

function finishers(lab: Lab, folder: string): Readonly<Record<NonNullable<Ending['after']>, readonly string[]>> {
  const context = lab.kubectl('config', 'current-context').trim()
  // A machine that has not seen the run has nothing of it on its disk.
  const elsewhere = ['env', `XDG_STATE_HOME=${join(folder, 'elsewhere')}`, process.execPath]
  return {
    clean: [process.execPath, 'dist/cli/main.js', 'clean'],
    'clean elsewhere': [...elsewhere, 'dist/cli/main.js', 'clean', '--context', context],
    'another run': [...elsewhere, ...runOf(folder, 'succeeds')],
  }
}

function runOf(folder: string, scenario: string): readonly string[] {
  const args = ['--target', 'cluster', '--namespaces', namespace, '--mesh-config']
  return ['dist/cli/main.js', 'run', join(folder, 'restored.feature'), '--name', scenario, ...args]
}

async function isChanged(lab: Lab): Promise<boolean> {
  const deadline = performance.now() + 30_000
  while (performance.now() < deadline) {
    if (!lab.kubectl('get', 'destinationrules', '-n', namespace, '-o', 'name').includes('shop')) return true
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return false
}

interface Listed {
  readonly items: readonly { readonly metadata: Readonly<Record<string, unknown>> }[]
}

/** All that scenarios could have touched. */
function everythingIn(lab: Lab): string {
  const kinds = 'virtualservices.networking.istio.io,destinationrules,serviceentries,gateways.networking.istio.io,services,leases'
  const own = JSON.parse(lab.kubectl('get', kinds, '-n', namespace, '-o', 'json', '--show-managed-fields')) as Listed
  const lease = lab.kubectl('get', 'leases', '-n', 'default', '-o', 'name').trim()
  return JSON.stringify({ items: own.items.map(asWritten), mesh: meshConfigIn(lab), lease }, null, 1)
}
