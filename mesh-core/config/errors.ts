import type { Origin, Position } from '../ir/origin.ts'
import { formatPath } from '../ir/origin.ts'

/** A closed list. Each has an entry in docs/errors.md (a test holds that); a retired code is never used again. */
export const errorCodes = [
  'YAML_SYNTAX',
  'YAML_DUPLICATE_KEY',
  'YAML_ALIAS_BOMB',
  'YAML_TOO_LARGE',
  'FILE_NOT_FOUND',
  'FILE_UNREADABLE',
  'NOT_A_RESOURCE',
  'SCHEMA_TYPE',
  'SCHEMA_VALUE',
  'SCHEMA_REQUIRED',
  'UNKNOWN_FIELD',
  'UNKNOWN_KIND',
  'INVALID_VALUE',
  'INVALID_HOST',
  'INVALID_DURATION',
  'INVALID_REGEX',
  'INVALID_WEIGHT',
  'INVALID_PORT',
  'INVALID_PERCENT',
  'CONFLICTING_FIELDS',
  'CONFLICTING_HOSTS',
  'UNREACHABLE_RULE',
  'UNKNOWN_SERVICE',
  'UNKNOWN_TARGET',
  'INVALID_SETTING',
  'INVALID_REQUEST',
  'UNDEFINED_STEP',
  'NO_EXAMPLES',
  'LINE_END',
  'TARGET_UNREACHABLE',
  'ENVOY_NOT_FOUND',
  'ENVOY_UNUSABLE',
  'ENVOY_FAILED',
  'SERVICE_FAILED',
  'REPORT_NOT_WRITTEN',
  'REPORT_UNREADABLE',
  'REPORTS_DO_NOT_FIT',
  'METRICS_NOT_PUSHED',
  'REPORT_NOT_PUBLISHED',
  'APPLY_FAILED',
  'CLUSTER_UNREACHABLE',
  'CLUSTER_DENIED',
  'CLUSTER_FAILED',
  'CLUSTER_REFUSED',
  'CLUSTER_BUSY',
  'CONFIG_CHANGED',
  'TELEMETRY_FAILED',
  'SIMULATION_STUCK',
] as const
export type ErrorCode = (typeof errorCodes)[number]

export interface ErrorInit {
  readonly code: ErrorCode
  /** Of the offending value, not of its document; `null` for settings and the like. */
  readonly origin: Origin | null
  /** Where `origin` is in its text (`file` as it is to be shown). */
  readonly place: { readonly file: string; readonly position: Position | null } | null
  /** One sentence that says what is wrong. */
  readonly problem: string
  /** What to write instead. */
  readonly hint: string | null
}

/** A mistake in a user's YAML, feature or settings. Printed as it is, never with a stack. */
export class MeshSpecError extends Error {
  override readonly name = 'MeshSpecError'
  readonly details: ErrorInit

  constructor(details: ErrorInit) {
    super(describe(details))
    this.details = details
  }

  get code(): ErrorCode {
    return this.details.code
  }
}

/** Several mistakes at once; nothing of the change was applied. */
export class ConfigRejected extends Error {
  override readonly name = 'ConfigRejected'
  readonly errors: readonly MeshSpecError[]

  constructor(errors: readonly MeshSpecError[]) {
    super(errors.map((error) => error.message).join('\n'))
    this.errors = errors
  }
}

/** As kubectl names a place: within the object, also where that is an item of a `List`. */
export function pathInResource({ path }: Origin): Origin['path'] {
  return path[0] === 'items' && typeof path[1] === 'number' ? path.slice(2) : path
}

function describe({ code, origin, place, problem, hint }: ErrorInit): string {
  const position = place?.position ? `:${place.position.line}:${place.position.column}` : ''
  const where = place ? `${place.file}${position} ` : ''
  const path = origin ? pathInResource(origin) : []
  const what = origin ? `${origin.resource}${path.length > 0 ? ` ${formatPath(path)}` : ''}: ` : ''
  return `${where}${code} ${what}${problem}${hint ? `\n  hint: ${hint}` : ''}`
}
