import { MeshSpecError } from '../mesh-core/config/errors.ts'
import { durationPattern, parseDuration } from './sentences/duration.ts'
import { meantBy } from './sentences/typo.ts'

/** What decides how scenarios run. Source: cucumber's `worldParameters.meshspec`, else `MESHSPEC_*` in the environment, else the default. */
export interface Settings {
  /** `core`, `envoy`, `cluster`, or the path of a module whose default export is a `Target` or makes one of the settings. Default `core`. */
  readonly target: string
  /** Decides everything random; the scenario's own seed is made of it and of where the scenario stands. Default 1. */
  readonly seed: number
  /** URL of a live mesh's ingress gateway. Default none. */
  readonly gateway: string | null
  /** A folder where config files are looked for before any other place. Default none. */
  readonly config: string | null
  /** The scenarios' config is in place already on a live mesh. Default false. */
  readonly assumeConfig: boolean
  /** Puts a file's config in place on a live mesh: `kubectl apply -f {file}`. Default none. */
  readonly applyCommand: string | null
  /** Takes a file's config away again: `kubectl delete -f {file}`. Default: made of `applyCommand` where that is kubectl's, else none. */
  readonly deleteCommand: string | null
  /** ms to wait after `applyCommand` and `deleteCommand` (default 0), or at most for config that was applied by the API (default 30 s). */
  readonly settleMs: number | null
  /** Path of a kubeconfig for the API of a live mesh's cluster. Default: `$KUBECONFIG`, `~/.kube/config`, the service account of the pod. */
  readonly kubeconfig: string | null
  /** Of the kubeconfig. Default: its current one. */
  readonly context: string | null
  /** Namespaces of a live cluster that a run may use as they are, the first one for `default`. Default: namespaces of the run's own. */
  readonly namespaces: readonly string[]
  /** Deploys the services that scenarios ask for in a live cluster. Default false. */
  readonly deploy: boolean
  /** Image of the pods that are deployed. */
  readonly podImage: string
  /** Revision of Istio's control plane. Default: the first that is found. */
  readonly revision: string | null
  /** Uses a context that looks like production. Default false. */
  readonly allowProduction: boolean
  /** Changes the mesh config of a live mesh where a scenario gives one, and puts it back. Default false. */
  readonly meshConfig: boolean
  /** Requests in a second to a live mesh, at most. Default: no bound. */
  readonly rate: number | null
  /** URL of the Prometheus that counts a live mesh's requests. Default: the Service `prometheus` beside the control plane, where there is one. */
  readonly prometheus: string | null
  /** URL of the Jaeger that keeps a live mesh's traces. Default: its Service beside the control plane, where there is one. */
  readonly jaeger: string | null
  /** The same of Tempo. */
  readonly tempo: string | null
  /** Bearer token for those of the three that are named by a URL. Default none. */
  readonly telemetryToken: string | null
  /** Says what a run against a live mesh would apply and send, and does neither. Default false. */
  readonly dryRun: boolean
  /** Does not verify the certificates of gateways. Default false. */
  readonly insecure: boolean
  /** Leaves values of headers, cookies and tokens in reports. Default false. */
  readonly showSecrets: boolean
  /** Chance of a false alarm of a statement about shares; of a whole run on a wall clock, a hundred times that. Default one in a million. */
  readonly alpha: number
  /** Chance of missing a share that is off by `delta`. Default one in a thousand. */
  readonly beta: number
  /** Default 0.1: ten points. */
  readonly delta: number
  /** How many requests a run may send to a live mesh, or to Envoy; what is not decided then is undecided. Default `null`: any number. */
  readonly budget: number | null
  /** Among how many runs the suite is divided (`--shard 1/4`): each has its part of α and of the budget. Default 1. */
  readonly shards: number
  /** Switches istiod's departures from the specifications off. Default false. */
  readonly spec: boolean
}

type Reader<T> = (value: unknown) => T | undefined

const text: Reader<string> = (value) => (typeof value === 'string' && value !== '' ? value : undefined)

const whole: Reader<number> = (value) => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

const positive: Reader<number> = (value) => {
  const number = whole(value)
  return number === 0 ? undefined : number
}

const chance: Reader<number> = (value) => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && number > 0 && number < 1 ? number : undefined
}

const yes: Reader<boolean> = (value) => {
  if (value === true || value === 'true' || value === '1') return true
  return value === false || value === 'false' || value === '0' ? false : undefined
}

const list: Reader<readonly string[]> = (value) => {
  const items = typeof value === 'string' ? value.split(',') : value
  const isList = Array.isArray(items) && items.every((item) => typeof item === 'string')
  return isList ? (items as string[]).map((item) => item.trim()).filter((item) => item !== '') : undefined
}

const above: Reader<number> = (value) => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) && number > 0 ? number : undefined
}

const httpUrl: Reader<string> = (value) => (typeof value === 'string' && /^https?:$/.test(protocolOf(value)) ? value : undefined)

const duration: Reader<number> = (value) =>
  typeof value === 'string' && new RegExp(`^${durationPattern.source}$`).test(value) ? parseDuration(value) : undefined

interface Row<T> {
  readonly variable: string
  readonly parameter: string
  readonly read: Reader<T>
  readonly wanted: string
  readonly fallback: T
}

/** Every setting, with its name in the environment and in `worldParameters.meshspec`. */
const rows: { readonly [K in keyof Settings]: Row<Settings[K]> } = {
  target: {
    variable: 'MESHSPEC_TARGET',
    parameter: 'target',
    read: text,
    wanted: '"core", "envoy", "cluster" or the path of a module',
    fallback: 'core',
  },
  seed: { variable: 'MESHSPEC_SEED', parameter: 'seed', read: whole, wanted: 'a whole number from 0', fallback: 1 },
  gateway: { variable: 'MESHSPEC_GATEWAY', parameter: 'gateway', read: httpUrl, wanted: 'a URL such as "http://127.0.0.1:8080"', fallback: null },
  config: { variable: 'MESHSPEC_CONFIG', parameter: 'config', read: text, wanted: 'a folder', fallback: null },
  assumeConfig: { variable: 'MESHSPEC_ASSUME_CONFIG', parameter: 'assumeConfig', read: yes, wanted: 'true or false', fallback: false },
  applyCommand: { variable: 'MESHSPEC_APPLY_COMMAND', parameter: 'applyCommand', read: text, wanted: 'a command with {file} in it', fallback: null },
  deleteCommand: {
    variable: 'MESHSPEC_DELETE_COMMAND',
    parameter: 'deleteCommand',
    read: text,
    wanted: 'a command with {file} in it',
    fallback: null,
  },
  settleMs: { variable: 'MESHSPEC_SETTLE', parameter: 'settle', read: duration, wanted: 'a duration such as "3s"', fallback: null },
  kubeconfig: { variable: 'MESHSPEC_KUBECONFIG', parameter: 'kubeconfig', read: text, wanted: 'the path of a kubeconfig', fallback: null },
  context: { variable: 'MESHSPEC_CONTEXT', parameter: 'context', read: text, wanted: 'a context of the kubeconfig', fallback: null },
  namespaces: { variable: 'MESHSPEC_NAMESPACES', parameter: 'namespaces', read: list, wanted: 'names with commas between', fallback: [] },
  deploy: { variable: 'MESHSPEC_DEPLOY', parameter: 'deploy', read: yes, wanted: 'true or false', fallback: false },
  podImage: { variable: 'MESHSPEC_POD_IMAGE', parameter: 'podImage', read: text, wanted: 'an image', fallback: 'meshspec/meshspec' },
  revision: { variable: 'MESHSPEC_REVISION', parameter: 'revision', read: text, wanted: 'a revision of Istio', fallback: null },
  allowProduction: { variable: 'MESHSPEC_ALLOW_PRODUCTION', parameter: 'allowProduction', read: yes, wanted: 'true or false', fallback: false },
  meshConfig: { variable: 'MESHSPEC_MESH_CONFIG', parameter: 'meshConfig', read: yes, wanted: 'true or false', fallback: false },
  rate: { variable: 'MESHSPEC_RATE', parameter: 'rate', read: above, wanted: 'how many requests in a second, such as 20', fallback: null },
  prometheus: {
    variable: 'MESHSPEC_PROMETHEUS',
    parameter: 'prometheus',
    read: httpUrl,
    wanted: 'a URL such as "http://127.0.0.1:9090"',
    fallback: null,
  },
  jaeger: { variable: 'MESHSPEC_JAEGER', parameter: 'jaeger', read: httpUrl, wanted: 'a URL such as "http://127.0.0.1:16686"', fallback: null },
  tempo: { variable: 'MESHSPEC_TEMPO', parameter: 'tempo', read: httpUrl, wanted: 'a URL such as "http://127.0.0.1:3200"', fallback: null },
  telemetryToken: { variable: 'MESHSPEC_TELEMETRY_TOKEN', parameter: 'telemetryToken', read: text, wanted: 'a token', fallback: null },
  dryRun: { variable: 'MESHSPEC_DRY_RUN', parameter: 'dryRun', read: yes, wanted: 'true or false', fallback: false },
  insecure: { variable: 'MESHSPEC_INSECURE', parameter: 'insecure', read: yes, wanted: 'true or false', fallback: false },
  showSecrets: { variable: 'MESHSPEC_SHOW_SECRETS', parameter: 'showSecrets', read: yes, wanted: 'true or false', fallback: false },
  alpha: { variable: 'MESHSPEC_ALPHA', parameter: 'alpha', read: chance, wanted: 'a chance between 0 and 1', fallback: 1e-6 },
  beta: { variable: 'MESHSPEC_BETA', parameter: 'beta', read: chance, wanted: 'a chance between 0 and 1', fallback: 1e-3 },
  delta: { variable: 'MESHSPEC_DELTA', parameter: 'delta', read: chance, wanted: 'a share between 0 and 1', fallback: 0.1 },
  budget: { variable: 'MESHSPEC_BUDGET', parameter: 'budget', read: positive, wanted: 'a whole number from 1', fallback: null },
  shards: { variable: 'MESHSPEC_SHARDS', parameter: 'shards', read: positive, wanted: 'a whole number from 1', fallback: 1 },
  spec: { variable: 'MESHSPEC_SPEC', parameter: 'spec', read: yes, wanted: 'true or false', fallback: false },
}

/** Their names in the environment. */
export const settingVariables: readonly string[] = Object.values(rows).map(({ variable }) => variable)

export const defaultSettings: Settings = mapRows((row) => row.fallback)

/** As a setting is called where it was given, in messages. */
type NameOf = (parameter: string) => string

const inParameters: NameOf = (parameter) => `worldParameters.meshspec.${parameter}`

/**
 * @param worldParameters cucumber's; everything of ours is under `meshspec`
 * @throws MeshSpecError INVALID_SETTING
 */
export function readSettings(worldParameters: unknown, env: Readonly<Record<string, string | undefined>>, nameOf = inParameters): Settings {
  const parameters = parametersOf(worldParameters)
  assertVariables(env)
  return mapRows((row) => {
    const given = parameters[row.parameter]
    if (given !== undefined && given !== null) return readRow(row, given, nameOf(row.parameter))
    const fromEnv = env[row.variable]
    return fromEnv === undefined || fromEnv === '' ? row.fallback : readRow(row, fromEnv, `the environment variable ${row.variable}`)
  })
}

function mapRows(value: (row: Row<unknown>) => unknown): Settings {
  return Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, value(row as Row<unknown>)])) as unknown as Settings
}

function readRow(row: Row<unknown>, given: unknown, where: string): unknown {
  const value = row.read(given)
  if (value === undefined) throw invalidSetting(`${where} is ${JSON.stringify(given)}`, `write ${row.wanted}`)
  return value
}

function parametersOf(worldParameters: unknown): Readonly<Record<string, unknown>> {
  const ours: unknown = (worldParameters as { readonly meshspec?: unknown } | null | undefined)?.meshspec ?? {}
  if (typeof ours !== 'object' || ours === null || Array.isArray(ours))
    throw invalidSetting('worldParameters.meshspec is not an object', 'write { "meshspec": { "target": "core" } }')
  const known = Object.values(rows).map((row) => row.parameter)
  for (const name of Object.keys(ours))
    if (!known.includes(name)) throw invalidSetting(`worldParameters.meshspec.${name} is no setting`, hintFor(name, known))
  return ours as Readonly<Record<string, unknown>>
}

const prefix = 'MESHSPEC_'
const otherVariables: ReadonlySet<string> = new Set(['MESHSPEC_DEBUG'])

/** Other programs may have variables that begin so (Kubernetes sets some for a Service `meshspec`): only what is nearly the name of a setting is a mistake. */
function assertVariables(env: Readonly<Record<string, string | undefined>>): void {
  const known = settingVariables.map((variable) => variable.slice(prefix.length))
  for (const name of Object.keys(env)) {
    if (!name.startsWith(prefix) || settingVariables.includes(name) || otherVariables.has(name)) continue
    const meant = meantBy(name.slice(prefix.length), known)
    if (meant !== undefined) throw invalidSetting(`the environment variable ${name} is no setting`, `did you mean ${prefix}${meant}?`)
  }
}

function hintFor(name: string, known: readonly string[]): string {
  const meant = meantBy(name, known)
  return meant === undefined ? `the settings are ${known.join(', ')}` : `did you mean ${meant}?`
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : ''
}

function invalidSetting(problem: string, hint: string): MeshSpecError {
  return new MeshSpecError({ code: 'INVALID_SETTING', origin: null, place: null, problem, hint })
}
