import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import type { FieldPath, Problem, Report } from '../finding.ts'
import { certainlyFits } from './certain.ts'

/** What a validator compiled by ajv says of a value. */
interface AjvError {
  readonly instancePath: string
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
}

interface Validator {
  (data: unknown): boolean
  errors?: readonly AjvError[] | null
}

/** Kinds with a compiled schema, and what the names of their files begin with, by group. */
const compiled: Readonly<Record<string, readonly [prefix: string, kinds: readonly string[]]>> = {
  'networking.istio.io': [
    'NetworkingIstioIo',
    ['VirtualService', 'DestinationRule', 'Gateway', 'ServiceEntry', 'Sidecar', 'WorkloadEntry', 'WorkloadGroup', 'ProxyConfig'],
  ],
  'security.istio.io': ['SecurityIstioIo', ['AuthorizationPolicy', 'PeerAuthentication', 'RequestAuthentication']],
  'telemetry.istio.io': ['TelemetryIstioIo', ['Telemetry']],
  'extensions.istio.io': ['ExtensionsIstioIo', ['WasmPlugin']],
}
/** The kinds whose bounds certain.ts knows. */
const plainKinds = new Set(['VirtualService', 'DestinationRule', 'Gateway'])
const validators = new Map<string, Validator>()

/** Fields of which one may be set. A schema says so by alternatives, each with its own complaint; one sentence is enough. */
export const alternatives: readonly (readonly string[])[] = [
  ['exact', 'prefix', 'regex'],
  ['string', 'bytes'],
  ['httpStatus', 'grpcStatus', 'http2Error'],
  ['fixedDelay', 'exponentialDelay'],
  ['port', 'derivePort'],
  ['simple', 'consistentHash', 'backendUtilization'],
  ['httpHeaderName', 'httpCookie', 'useSourceIp', 'httpQueryParameterName'],
  ['ringHash', 'maglev'],
]

/**
 * Judges an Istio object by its CRD's OpenAPI schema, compiled by ajv in @kubernetes-models/istio: bounds of numbers, lengths, formats, fields that
 * exclude each other. Types and field names are checked before (structure.ts), with better words.
 */
export function checkCompiled(object: unknown, apiVersion: string, kind: string, report: Report): void {
  if (plainKinds.has(kind) && certainlyFits(object, alternatives)) return
  const validator = compiledValidator(apiVersion, kind)
  if (!validator || validator(object)) return
  for (const problem of problemsOf(validator.errors ?? [], object)) report(problem)
}

const require = createRequire(import.meta.url)

/**
 * Loaded when the first object of its kind is read, since they cost some ten ms. Read by their files: what the package exports are classes around
 * them, and those cost as much again.
 */
export function compiledValidator(apiVersion: string, kind: string): Validator | undefined {
  const [group, version = ''] = apiVersion.split('/')
  const [prefix, kinds] = compiled[group as string] ?? ['', []]
  if (!kinds.includes(kind)) return undefined
  const name = `${prefix}${version.charAt(0).toUpperCase()}${version.slice(1)}${kind}`
  const known = validators.get(name)
  if (known) return known
  const folder = dirname(require.resolve('@kubernetes-models/istio/package.json'))
  const { validate } = require(`${folder}/_schemas/${name}.js`) as { validate: Validator }
  validators.set(name, validate)
  return validate
}

function problemsOf(errors: readonly AjvError[], object: unknown): Problem[] {
  const excluding = new Set(errors.filter(({ keyword }) => keyword === 'oneOf').map(({ instancePath }) => instancePath))
  const problems = [...excluding].flatMap((pointer) => conflicts(pathOf(pointer), object))
  for (const error of errors)
    if (!excluding.has(error.instancePath) && !['not', 'anyOf', 'oneOf', 'allOf'].includes(error.keyword)) problems.push(problemOf(error))
  return problems.length > 0 ? problems : [{ code: 'SCHEMA_VALUE', path: [], problem: 'does not fit the schema of its kind' }]
}

function conflicts(path: FieldPath, object: unknown): Problem[] {
  const value = path.reduce<unknown>((inner, part) => (inner as Record<string | number, unknown>)[part], object) as Record<string, unknown>
  return alternatives
    .map((names) => names.filter((name) => value[name] !== undefined))
    .filter((names) => names.length > 1)
    .map((names) => ({
      code: 'CONFLICTING_FIELDS',
      path: [...path, names[1] as string],
      problem: `only one of ${names.join(', ')} may be set`,
      hint: 'keep one of them',
    }))
}

function problemOf({ instancePath, keyword, params }: AjvError): Problem {
  const path = pathOf(instancePath)
  switch (keyword) {
    case 'required':
      return { code: 'SCHEMA_REQUIRED', path: [...path, String(params.missingProperty)], problem: 'is required' }
    case 'type':
      return { code: 'SCHEMA_TYPE', path, problem: `must be of type ${String(params.type)}` }
    case 'minimum':
    case 'maximum':
      return { code: 'SCHEMA_VALUE', path, problem: `must be ${String(params.comparison)} ${String(params.limit)}` }
    case 'enum':
      return { code: 'SCHEMA_VALUE', path, problem: `must be one of ${(params.allowedValues as unknown[]).join(', ')}` }
    case 'format':
      return { code: 'SCHEMA_VALUE', path, problem: `is no ${String(params.format)}` }
    default:
      return {
        code: 'SCHEMA_VALUE',
        path,
        problem: `breaks the rule ${keyword}${typeof params.limit === 'number' ? ` ${params.limit}` : ''} of its schema`,
      }
  }
}

/** `/spec/http/0/match` → `['spec', 'http', 0, 'match']` */
function pathOf(pointer: string): FieldPath {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}
