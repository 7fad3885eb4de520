import { StatementFailed } from '../verdicts/failure.ts'
import type { PodStatus } from '../targets/target.ts'

/** A row of the table `the pods are:`; `name` is the pod's, or its workload's. */
export type PodRow = Readonly<Record<string, string>>

const columns: readonly string[] = ['name', 'ready', 'namespace']

/**
 * Each row is there, and as ready as it says; other pods may be there, too.
 * @throws StatementFailed
 */
export function podsAre(rows: readonly PodRow[], pods: readonly PodStatus[]): void {
  if (rows.length === 0) throw new StatementFailed('the table names no pods')
  const other = Object.keys(rows[0]!).find((name) => !columns.includes(name))
  if (other !== undefined) throw new StatementFailed(`there is no column "${other}"; the columns are ${columns.join(', ')}`)
  const complaints = rows.flatMap((row) => complainOf(row, pods) ?? [])
  if (complaints.length > 0) throw new StatementFailed(complaints.join('\n'))
}

function complainOf(row: PodRow, pods: readonly PodStatus[]): string | undefined {
  const { name, ready, namespace } = row
  if (name === undefined || ready === undefined) throw new StatementFailed('the table of pods needs the columns "name" and "ready"')
  const found = pods.filter((pod) => isNamed(pod.name, name) && (namespace === undefined || pod.namespace === namespace))
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`
  if (found.length === 0) return `there is no pod ${name}${where}; there are ${pods.map((pod) => pod.name).join(', ') || 'none'}.`
  const other = found.find((pod) => readyOf(pod) !== ready)
  return other && `${other.name} is ${readyOf(other)}, wanted ${ready}.`
}

/** A live cluster's pods are `productpage-v1-` and two hashes. */
function isNamed(pod: string, name: string): boolean {
  return pod === name || (pod.startsWith(`${name}-`) && /^-(?:[a-z0-9]+-)?[a-z0-9]+$/.test(pod.slice(name.length)))
}

function readyOf({ readyContainers, containers }: PodStatus): string {
  return `${readyContainers}/${containers}`
}
