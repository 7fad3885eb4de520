import { type MeshSpecError, pathInResource } from '../../mesh-core/config/errors.ts'
import { formatPath } from '../../mesh-core/ir/index.ts'
import type { Difference } from '../difference.ts'
import type { Outcome } from './play.ts'

/** What a recorded refusal is about. */
interface Offence {
  /** `VirtualService default/b`; `null` when the message names none. */
  readonly resource: string | null
  /** Each must be among the fields that were complained about. */
  readonly fields: readonly string[]
  /** For messages without a path: what path or text of the complaint must match. */
  readonly words: RegExp | null
}

/** A config is to be refused, for the same field; the text need not be the same. */
export function compareRefusal(wanted: string, outcome: Outcome): Difference[] {
  if (outcome.kind === 'observed') return [{ call: null, field: 'rejected', wanted, seen: undefined, note: 'the config was accepted' }]
  const seen = outcome.errors.map(({ message }) => message).join('\n')
  const note = mismatch(offenceOf(wanted), outcome.errors)
  return note === null ? [] : [{ call: null, field: 'rejected', wanted, seen, note }]
}

/** @returns what is wrong with the complaints, or `null` */
function mismatch({ resource, fields, words }: Offence, errors: readonly MeshSpecError[]): string | null {
  const about = errors.filter(({ details }) => resource === null || details.origin === null || details.origin.resource === resource)
  if (about.length === 0) return `nothing is said of ${resource}`
  const missing = fields.find((field) => !about.some((error) => samePlace(field, pathOf(error)) || error.details.problem.includes(field)))
  if (missing !== undefined) return `nothing is said of ${missing}`
  if (words && !about.some((error) => words.test(`${pathOf(error)} ${error.details.problem}`))) return `no complaint matches ${words.source}`
  return null
}

function pathOf({ details }: MeshSpecError): string {
  return plain(details.origin ? formatPath(pathInResource(details.origin)) : '')
}

/** A missing or forbidden field may be complained about at its parent, and a whole object at one of its fields. */
function samePlace(wanted: string, seen: string): boolean {
  const parent = wanted.replace(/(\.[^.[\]]+|\[\d+\])$/, '')
  return seen === wanted || seen === parent || seen.startsWith(`${wanted}.`) || seen.startsWith(`${wanted}[`)
}

function offenceOf(message: string): Offence {
  const schema = /^(\w+)\/([^/]+)\/([^:]+): (.*)$/s.exec(message)
  if (schema) return { resource: `${schema[1]} ${schema[3]}/${schema[2]}`, fields: schemaFields(schema[4]!), words: null }
  const webhook = /^(\w+ [^: ]+): (?:configuration is invalid: )?(.*)$/s.exec(message)
  if (!webhook) return { resource: null, fields: [], words: null }
  return { resource: webhook[1]!, fields: [], words: subjects.find(([text]) => text.test(webhook[2]!))?.[1] ?? null }
}

/** `unknown fields [spec.a spec.b]`, `<nil>: … "spec.a" must validate …`, `spec.a: Invalid value …` */
function schemaFields(text: string): string[] {
  return fieldsNamed(text).map(plain)
}

/** Keys of maps in the API server's form, `labels[app]`, as in ours: `labels.app`. */
function plain(field: string): string {
  return field.replaceAll('[]', '.').replace(/\[([^\]]*[^\]\d][^\]]*)\]/g, '.$1')
}

function fieldsNamed(text: string): string[] {
  const unknown = /^unknown fields \[(.*)\]/.exec(text)
  // Names of headers may hold blanks, too.
  if (unknown) return unknown[1]!.split(/ (?=spec\b|\w+(?: |$))/)
  const quoted = /^<nil>: .*?"(spec[^"]*)"/s.exec(text)
  if (quoted) return [quoted[1]!]
  // Keys of maps may hold colons: `headers.set.:path: Invalid value: …`.
  const path = /^(spec\S*?): [A-Z]/.exec(text)
  return path ? [path[1]!] : []
}

/** What a message of istiod's validation is about, and where a complaint about the same is found. The first that fits counts. */
const subjects: readonly (readonly [message: RegExp, place: RegExp])[] = [
  [/jwks parse error/, /jwks/],
  [/^"?(?:corsPolicy\.)?allowOrigins"?|CORS/, /allowOrigin|cors/i],
  [/^"(uri|scheme|method|authority|headers|withoutHeaders|queryParams)":/, /uri|scheme|method|authority|headers|queryParams/i],
  [/not a supported HTTP method/, /allowMethods|method/i],
  [/addresses cannot be set|not a valid (?:IP|CIDR)/, /address|subnet|bind/i],
  [/endpoints cannot be set/, /endpoints/],
  [/at least one of `values`/, /values/],
  [/sourceNamespace/, /sourceNamespace/],
  [/domain name/, /host|name|gateway/i],
  [/tag value|tag name|label/, /label|tag/i],
  [/JWT claim/, /claim|headers|gateways/i],
  [/weight/, /weight|route/i],
  [/port (?:number|name)/, /port/i],
  [/portTrafficPolicy/, /portLevelSettings|port/i],
  [/subset name/, /subset/i],
  [/header/i, /header/i],
  [/mirror/, /mirror/i],
  [/retry|retryOn/, /retr/i],
  [/percentage/, /percent/i],
  [/HTTP status/, /status/i],
  [/exponentialDelay|HTTP\/2 abort|\bfault\b/, /fault|abort|delay|redirect/i],
  [/[dD]elegate/, /delegate|gateways|http/i],
  [/UriRegexRewrite|rewrite may/, /rewrite/i],
  [/direct_response/, /directResponse|direct_response|redirect|http/i],
  [/redirect/, /redirect/i],
  [/root HTTP route/, /delegate|route/i],
  [/exportTo|export service entry/, /exportTo/i],
  [/TLS|tls|certificate|private key/, /tls/i],
  [/gateway/, /gateway|servers/i],
  [/MinimumRingSize|tableSize|maglev|distribute|failover/i, /loadBalancer|locality/i],
  [/connection pool|max pending|non-negative/, /connectionPool|http/i],
  [/ercentage .* not in range/, /percent/i],
  [/host|domain name/, /host/i],
  [/timeout|duration/, /timeout|duration|interval|time/i],
]
