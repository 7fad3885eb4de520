import type { Problem } from './finding.ts'
import { kinds } from './kinds.ts'
import { groupOf } from './resource.ts'
import { suggestion } from './schema/suggest.ts'

/** Groups of which every kind and version is known: there a cluster has no other. */
const closed: readonly string[] = ['networking.istio.io', 'security.istio.io', 'telemetry.istio.io', 'extensions.istio.io']
/** A group whose kinds are not all known here; of those that are, all versions are. */
const versioned = 'gateway.networking.k8s.io'

/** What is wrong with a kind that nobody knows; `null` where it may well be that of something else in the cluster. */
export function unknownKind(apiVersion: string, kind: string): Problem | null {
  if (closed.includes(apiVersion))
    return problem('apiVersion', `"${apiVersion}" has no version`, `write ${apiVersion}/${versionOf(apiVersion, kind) ?? 'v1'}`)
  const group = groupOf(apiVersion)
  const isKnown = kinds.some((one) => one.group === group && one.kind === kind)
  if (!closed.includes(group) && !(group === versioned && isKnown)) return unknownGroup(apiVersion, group, kind)
  if (isKnown) return problem('apiVersion', `there is no ${kind} in ${apiVersion}`, `write ${group}/${versionOf(group, kind)}`)
  const elsewhere = kinds.find((one) => one.kind === kind && closed.includes(one.group))
  const hint = elsewhere
    ? `${kind} is one of ${elsewhere.group}/${versionOf(elsewhere.group, kind)}`
    : suggestion(kind, kinds.filter((one) => one.group === group).map((one) => one.kind)) // prettier-ignore
  return problem('kind', `${group} has no kind "${kind}"`, hint)
}

/** A slip of the pen in the group of one of Istio's kinds. */
function unknownGroup(apiVersion: string, group: string, kind: string): Problem | null {
  const having = closed.filter((one) => versionOf(one, kind) !== undefined)
  const meant = having.find((one) => suggestion(group, [one])?.startsWith('did you mean'))
  return meant ? problem('apiVersion', `there is no group "${group}"`, `did you mean "${apiVersion.replace(group, meant)}"?`) : null
}

function versionOf(group: string, kind: string): string | undefined {
  return kinds.find((one) => one.group === group && one.kind === kind)?.versions.at(-1)
}

function problem(field: string, text: string, hint: string | null): Problem {
  return { code: 'UNKNOWN_KIND', path: [field], problem: text, hint }
}
