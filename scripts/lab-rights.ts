/** A run in the lab as the service account of `deploy/`, with all that this may do, and with one verb less of each rule in turn. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { shopBackground } from './lab-shop.ts'
import type { Lab } from './the-lab.ts'

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
}

interface Role {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly rules: readonly Rule[]
}

interface Scenario {
  readonly name: string
  readonly verdict: string
  readonly reasons: readonly string[]
}

const account = 'system:serviceaccount:meshspec:meshspec'

const feature = `Feature: What a run may do
${shopBackground}    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop, shop.example.com]
        gateways: [mesh, shop]
        http: [{route: [{destination: {host: shop, subset: v1}}]}]
      ---
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: {name: shop}
      spec:
        selector: {istio: ingressgateway}
        servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [shop.example.com]}]
      """

  Scenario: in the mesh
    When client sends "GET http://shop/" 5 times
    Then all requests reach shop:v1

  Scenario: at the gateway
    When a client sends "GET http://shop.example.com/" 5 times
    Then all requests reach shop:v1
`

/** @param every rule of how many is tried; 1: all. @returns what is wrong, a line each */
export async function tryRights(lab: Lab, every: number): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'meshspec-rights-'))
  try {
    const trial = new Trial(lab, folder)
    const whole = await trial.run()
    const problems =
      whole.toGrant.length > 0 || whole.scenarios.some(({ verdict }) => verdict !== 'passed') ? [`with all rights: ${shown(whole)}`] : []
    for (const { role, rule, verb } of oneLess(trial.roles).filter((_, i) => i % every === 0)) {
      const problem = await trial.without(role, rule, verb)
      const { apiGroups, resources } = role.rules[rule]!
      console.log(`${problem === null ? '✔' : '✖'} without ${verb} of ${resources.join(', ')}${apiGroups[0] ? ` (${apiGroups[0]})` : ''}`)
      if (problem !== null) problems.push(problem)
    }
    return problems
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Lack {
  readonly role: Role
  readonly rule: number
  readonly verb: string
}

/** Of every rule another verb, so that each kind of verb is tried somewhere. */
function oneLess(roles: readonly Role[]): readonly Lack[] {
  let turn = 0
  return roles.flatMap((role) => role.rules.map((one, rule) => ({ role, rule, verb: one.verbs[turn++ % one.verbs.length]! })))
}

interface Came {
  /** Rules that the run has asked for. */
  readonly toGrant: readonly Rule[]
  readonly scenarios: readonly Scenario[]
  readonly output: string
}

class Trial {
  readonly roles: readonly Role[]
  readonly #lab: Lab
  readonly #folder: string

  constructor(lab: Lab, folder: string) {
    this.#lab = lab
    this.#folder = folder
    this.roles = [this.#role('clusterrole', 'meshspec-meshspec'), this.#role('role', 'meshspec-lease', 'default')]
    writeFileSync(join(folder, 'rights.feature'), feature)
    writeFileSync(join(folder, 'kubeconfig'), this.#kubeconfig())
  }

  /** As the service account. */
  async run(): Promise<Came> {
    const report = join(this.#folder, 'report.json')
    rmSync(report, { force: true })
    const args = ['run', join(this.#folder, 'rights.feature'), '--target', 'cluster', '--deploy', '--format', `json:${report}`]
    const { output } = await this.#lab.run([process.execPath, 'dist/cli/main.js', ...args, '--kubeconfig', join(this.#folder, 'kubeconfig')])
    // A run that does not begin leaves an empty one.
    const written = existsSync(report) ? readFileSync(report, 'utf8') : ''
    const scenarios = written === '' ? [] : (JSON.parse(written) as { readonly scenarios: readonly Scenario[] }).scenarios
    const toGrant = [...output.matchAll(/^ {2}- (\{apiGroups: .*\})/gm)].map(([, rule]) => parse(rule!) as Rule)
    return { toGrant, scenarios, output }
  }

  /** @returns what is wrong; `null` when the run has asked for what it lacks, and judged nothing that rests on it */
  async without(role: Role, rule: number, verb: string): Promise<string | null> {
    const { resources, apiGroups } = role.rules[rule]!
    const rules = role.rules.map((one, i) => (i === rule ? { ...one, verbs: one.verbs.filter((other) => other !== verb) } : one))
    const lacking = { ...role, rules: rules.filter(({ verbs }) => verbs.length > 0) }
    const lost = resources.filter((resource) => !lacking.rules.some((one) => grants(one, apiGroups[0]!, resource, verb)))
    this.#put(lacking)
    try {
      const came = await this.run()
      const isAsked = JSON.stringify(came.toGrant.flatMap((one) => one.resources)) === JSON.stringify(lost)
      const isSaid = came.toGrant.every((one) => one.verbs.join() === verb && one.apiGroups.join() === apiGroups.join())
      // Without the Lease nothing is run.
      const isJudged = (came.scenarios.length === 2 || role.metadata.name.endsWith('-lease')) && came.scenarios.every(isSure)
      const left = this.#lab.kubectl('get', 'namespaces', '-l', 'meshspec.dev/run', '-o', 'name').trim()
      return isAsked && isSaid && isJudged && left === ''
        ? null
        : `without ${verb} of ${resources.join(', ')}: ${left && `left ${left}; `}${shown(came)}`
    } finally {
      this.#put(role)
    }
  }

  #put({ kind, metadata: { name, namespace }, rules }: Role): void {
    const place = namespace === undefined ? [] : ['-n', namespace]
    this.#lab.kubectl('patch', kind, name, ...place, '--type=json', '-p', JSON.stringify([{ op: 'replace', path: '/rules', value: rules }]))
  }

  #role(kind: string, name: string, namespace?: string): Role {
    return JSON.parse(this.#lab.kubectl('get', kind, name, ...(namespace === undefined ? [] : ['-n', namespace]), '-o', 'json')) as Role
  }

  #kubeconfig(): string {
    const token = this.#lab.kubectl('create', 'token', 'meshspec', '-n', 'meshspec').trim()
    const [cluster] = (parse(this.#lab.kubectl('config', 'view', '--raw', '--minify')) as { readonly clusters: readonly object[] }).clusters
    const { name } = cluster as { readonly name: string }
    return stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [cluster],
      users: [{ name: account, user: { token } }],
      contexts: [{ name: 'lab', context: { cluster: name, user: account } }],
      'current-context': 'lab',
    })
  }
}

function grants({ apiGroups, resources, verbs }: Rule, group: string, resource: string, verb: string): boolean {
  return apiGroups.includes(group) && resources.includes(resource) && verbs.includes(verb)
}

function isSure({ verdict }: Scenario): boolean {
  return verdict === 'passed' || verdict === 'not-supported'
}

function shown({ toGrant, scenarios, output }: Came): string {
  const verdicts = scenarios.map(({ name, verdict, reasons }) => `${name}: ${verdict} ${reasons[0] ?? ''}`)
  return `asked for ${JSON.stringify(toGrant)}; ${verdicts.join('; ') || output}`
}
