import { stringify } from 'yaml'
import { describeDifference } from '../vectors/difference.ts'
import { durationMs, type ObservedCall } from '../vectors/mesh-observed/case.ts'
import { configText, type GeneratedMesh } from './generate/mesh.ts'
import type { Judgement } from './referee.ts'

/** What the other side answered, as far as sentences speak of it. */
interface Seen {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly reached?: readonly { readonly workload: string; readonly namespace: string; readonly method: string; readonly path: string }[]
  readonly rejected?: string
}

/** @returns a difference as a feature to paste: its sentences say what the other side did, so that it fails on `core` until that is mended */
export function printFeature({ mesh, differences, observed }: Judgement, other: string): string {
  const seen = observed as readonly Seen[]
  const lines = [
    ...differences.flatMap((difference) => describeDifference(difference).split('\n')).map((line) => `# ${line.trim()}`),
    ...seen.map((one) => `# ${other}: ${JSON.stringify(one)}`),
    `Feature: ${mesh.name}`,
    `  Scenario: mesh-core and ${other} differ in ${[...new Set(differences.map(({ field }) => field))].slice(0, 3).join(', ')}`,
    ...given(mesh),
    ...(seen[0]?.rejected === undefined ? calls(mesh, seen) : [`    Then the config is rejected with ${JSON.stringify(seen[0].rejected)}`]),
  ]
  return lines.join('\n')
}

function given({ config, behaviour, meshConfig = {} }: GeneratedMesh): string[] {
  return [
    '    Given the services:',
    '      | service | versions   | namespace |',
    '      | a       | v1         | default   |',
    '      | b       | v1, v2     | default   |',
    '      | c       | v1, v2, v3 | default   |',
    '      | b       | v1         | other     |',
    '      | d       | v1         | other     |',
    ...Object.entries(behaviour).map(([workload, { status, delay, ...rest }]) => {
      if (delay !== undefined) return `    And ${service(workload)} takes ${delay} to answer`
      return status === undefined
        ? `    # ${workload} behaves so: ${JSON.stringify(rest)}`
        : `    And ${service(workload)} answers ${status}${rest.first === undefined ? '' : ` to the first ${rest.first} requests`}`
    }),
    ...(Object.keys(meshConfig).length > 0 ? ['    And the mesh config:', ...docString(stringify(meshConfig))] : []),
    '    When the config is applied:',
    ...docString(configText(config)),
  ]
}

function docString(text: string): string[] {
  const lines = text.trimEnd().split('\n')
  return ['      """', ...lines.map((line) => `      ${line.replaceAll('\\', '\\\\')}`), '      """']
}

function calls({ calls: all }: GeneratedMesh, seen: readonly Seen[]): string[] {
  return all.flatMap((call, i) => [...when(call), ...then(seen[i] ?? {})])
}

function when({ from, request, headers = {}, body, pause }: ObservedCall): string[] {
  const passes = pause === undefined || durationMs(pause) === 0 ? [] : [`    When ${durationMs(pause)}ms pass`]
  const sender = from === 'ingressgateway' ? 'a client' : service(from)
  const rows = Object.entries(headers).flatMap(([name, values]) => [values].flat().map((value) => `      | ${name} | ${String(value)} |`))
  const sends = `    When ${sender} sends ${JSON.stringify(request)}`
  if (rows.length > 0) return [...passes, `${sends} with headers:`, ...rows, ...(body == null ? [] : [`    # with the body ${JSON.stringify(body)}`])]
  return body == null ? [...passes, sends] : [...passes, `${sends} with the body:`, '      """', `      ${body}`, '      """']
}

function then({ status, headers = {}, reached = [] }: Seen): string[] {
  if (status === undefined) return ['    # not observed']
  const [arrival] = reached
  return [
    status === 0 ? '    Then the request gets no answer' : `    Then the response status is ${status}`,
    ...(typeof headers['location'] === 'string' ? [`    And the response header "location" is ${JSON.stringify(headers['location'])}`] : []),
    ...(arrival && arrival.workload !== 'passthrough'
      ? [
          `    And the request reaches ${service(`${arrival.workload}.${arrival.namespace}`)} as ${JSON.stringify(`${arrival.method} ${arrival.path}`)}`,
        ]
      : []),
  ]
}

/** `b-v1.default` → `b:v1`, `d.other` → `d.other` */
function service(workload: string): string {
  const parts = /^(.+?)(?:-(v\d+))?\.(\w+)$/.exec(workload)
  if (!parts) return workload
  const [, name, version, namespace] = parts
  return `${name}${namespace === 'default' ? '' : `.${namespace}`}${version === undefined ? '' : `:${version}`}`
}
