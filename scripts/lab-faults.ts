/** Faults that are planted in the lab while a run goes on, and what the run has to say of each. What a scenario itself has wrong is in lab-mistakes.ts. */
import { runAlone, leftIn } from './lab-run.ts'
import type { Scenario } from './lab-run.ts'
import { routeToShop, shopBackground } from './lab-shop.ts'
import type { Lab } from './the-lab.ts'

interface Fault {
  readonly title: string
  readonly feature: string
  /** Planted when the run says this for the first time; by then what stands before it in the feature is there. */
  readonly at: string
  /** Resolves when it is there, or when the run has ended without it. */
  readonly plant: (lab: Lab, namespace: string) => void | Promise<void>
  /** Done when the run has ended. */
  readonly mend?: (lab: Lab) => void | Promise<void>
  readonly verdict: string
  readonly says: RegExp
  /** What is said of the scenario after that, which has the same verdict. */
  readonly saysLater?: RegExp
}

/** The first scenario brings everything up; the second one is disturbed. */
function feature(second: string): string {
  return `Feature: A fault\n${shopBackground}
  Scenario: before
    When client sends "GET http://shop/"
    Then the response status is 200

  Scenario: after
${second}`
}

/** A third one. */
const another = `
  Scenario: later
    When client sends "GET http://shop/"
    Then the response status is 200
`

/** s that pass before the config of the second scenario comes: the fault is planted meanwhile. */
const passing = 15

const toV1 = `    When ${passing}s pass
    Given the config:${routeToShop([100, 0])}
    When client sends "GET http://shop/" 5 times
    Then all requests reach shop:v1
`

const clientPod = (lab: Lab, namespace: string): string =>
  `${namespace}/${lab.kubectl('get', 'pods', '-n', namespace, '-l', 'app=client', '-o', 'jsonpath={.items[0].metadata.name}')}`

function edit(namespace: string): string {
  const weights = [60, 40].map((value, i) => ({ op: 'replace', path: `/spec/http/0/route/${i}/weight`, value }))
  return `kubectl patch virtualservice shop -n ${namespace} --type=json -p '${JSON.stringify(weights)}'`
}

/** Refuses connections to the API server, and resets those that are there: for everybody in the lab it is dead. */
const death = ['INPUT', '-p', 'tcp', '--dport', '6443', '-j', 'REJECT', '--reject-with', 'tcp-reset']

/** What the run could not undo `meshspec clean` does. */
async function rise(lab: Lab): Promise<void> {
  await mustRun(lab, ['iptables', '-D', ...death])
  await mustRun(lab, ['sh', '-c', 'for i in $(seq 300); do kubectl get --raw /readyz 2>/dev/null && exit 0; sleep 0.2; done; exit 1'])
  await mustRun(lab, [process.execPath, 'dist/cli/main.js', 'clean'])
}

async function mustRun(lab: Lab, command: readonly string[]): Promise<void> {
  const { status, output } = await lab.run(command)
  if (status !== 0) throw new Error(`${command.join(' ')} ended with code ${status}: ${output}`)
}

const planted: readonly Fault[] = [
  {
    title: 'a sidecar that takes no config any more (frozen)',
    feature: feature(toV1),
    at: '✔ before',
    plant: (lab: Lab, namespace: string): void => lab.faults('freeze', clientPod(lab, namespace)),
    verdict: 'not-programmed',
    says: /not yet programmed after 6 s: the sidecar of pod client-\S+\.default still has the config of change \d+; the latest is \d+/,
  },
  {
    title: 'a sidecar that is cut off from istiod',
    feature: feature(toV1),
    at: '✔ before',
    plant: (lab: Lab, namespace: string): void => lab.faults('cut', clientPod(lab, namespace)),
    verdict: 'not-programmed',
    says: /not yet programmed after 6 s: the sidecar of pod client-/,
  },
  {
    title: 'a VirtualService that is edited behind the run to 60/40',
    feature: feature(`    Given the config:${routeToShop([50, 50])}
    When 10s pass
    And client sends "GET http://shop/" 3000 times
    Then about 50% of the requests reach shop:v1
`),
    at: '✔ before',
    // The rule comes in a moment, and stays for the time that passes at least; a shell inside the lab waits for it, so that nothing has to be started anew.
    plant: async (lab: Lab, namespace: string): Promise<void> => {
      const { status, output } = await lab.run([
        'sh',
        '-c',
        `for i in $(seq 200); do ${edit(namespace)} 2>/dev/null && exit 0; sleep 0.1; done; exit 1`,
      ])
      if (status !== 0) throw new Error(`the rule could not be edited: ${output}`)
    },
    verdict: 'failed',
    says: /CONFIG_CHANGED VirtualService \S*shop was changed: spec\.http\[0\]\.route\[\d\]\.weight is (60|40), applied was 50 by somebody else \(kubectl-patch\)/,
  },
  {
    title: 'an API server that dies in the middle of the run',
    feature: feature(toV1),
    at: '✔ before',
    plant: (lab: Lab): Promise<void> => mustRun(lab, ['iptables', '-I', ...death]),
    mend: rise,
    verdict: 'undecided',
    says: /CLUSTER_UNREACHABLE the API server https:\S+ does not answer \(ECONN(?:REFUSED|RESET)\)/,
  },
  {
    title: 'a control plane that is gone',
    feature: feature(toV1) + another,
    at: '✔ before',
    plant: (lab: Lab): Promise<void> => mustRun(lab, ['kubectl', 'scale', 'deployment', 'istiod', '-n', 'istio-system', '--replicas=0']),
    mend: async (lab: Lab): Promise<void> => {
      await mustRun(lab, ['kubectl', 'scale', 'deployment', 'istiod', '-n', 'istio-system', '--replicas=1'])
      await mustRun(lab, ['kubectl', 'rollout', 'status', 'deployment', 'istiod', '-n', 'istio-system'])
      await mustRun(lab, [process.execPath, 'dist/cli/main.js', 'clean'])
    },
    verdict: 'undecided',
    // Whoever is first to miss it says so: the webhook that is to look at config, or the run.
    says: /CLUSTER_FAILED .*(?:failed calling webhook|the control plane is gone: no pod of Deployment istio-system\/istiod is ready)/,
    saysLater: /CLUSTER_FAILED the control plane is gone: no pod of Deployment istio-system\/istiod is ready/,
  },
]

export { planted as faults }

/** @returns what is wrong; `null` when the run has found the fault and called it by its name */
export async function tryFault(lab: Lab, fault: Fault): Promise<string | null> {
  const first = await tryOnce(lab, fault)
  // A busy machine has planted it when all was over.
  const { problem } = first.isLate ? await tryOnce(lab, fault) : first
  return problem
}

interface Tried {
  readonly problem: string | null
  /** It may have come after what it is to disturb. */
  readonly isLate: boolean
}

async function tryOnce(lab: Lab, fault: Fault): Promise<Tried> {
  let planting: Promise<number> | null = null
  const ended = await runAlone(lab, fault.feature, (said) => {
    if (planting !== null || !said.includes(fault.at)) return
    planting = plant(lab, fault)
    planting.catch(() => {})
  })
  const seconds = (await planting) ?? 0
  if (planting !== null) await fault.mend?.(lab)
  if (ended.scenarios === null) return { problem: `the run has written no report: ${ended.said}`, isLate: false }
  const problem = judge(fault, ended.scenarios, lab)
  const isLate = problem !== null && seconds > passing - 3
  return { problem: isLate ? `${problem} (planted after ${seconds.toFixed(0)} s)` : problem, isLate }
}

/** @returns s that it took */
async function plant(lab: Lab, fault: Fault): Promise<number> {
  const startMs = performance.now()
  const seconds = (): number => (performance.now() - startMs) / 1000
  try {
    await fault.plant(lab, ownNamespace(lab))
  } catch (error) {
    // Of a run that is over nothing is left to disturb.
    if (seconds() < passing) throw error
  }
  return seconds()
}

function judge(fault: Fault, scenarios: readonly Scenario[], lab: Lab): string | null {
  const [before, after, later] = scenarios
  if (before?.verdict !== 'passed') return `without the fault: ${before?.verdict} ${before?.reasons.join(' ')}`
  const reasons = after?.reasons.join('\n') ?? ''
  if (after?.verdict !== fault.verdict || !fault.says.test(reasons)) return `it was "${after?.verdict}": ${reasons}`
  const laterReasons = later?.reasons.join('\n') ?? ''
  if (fault.saysLater && (later?.verdict !== fault.verdict || !fault.saysLater.test(laterReasons)))
    return `later it was "${later?.verdict}": ${laterReasons}`
  return leftIn(lab)
}

function ownNamespace(lab: Lab): string {
  const names = lab.kubectl('get', 'namespaces', '-l', 'meshspec.dev/run', '-o', 'jsonpath={.items[*].metadata.name}').split(' ')
  return names.toSorted((a, b) => a.length - b.length)[0]!
}
