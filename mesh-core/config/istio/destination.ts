import type { FieldPath } from '../finding.ts'
import { checkHeaderOperations } from './header-operations.ts'
import type { Fields, Judge } from './judge.ts'
import { each } from './judge.ts'
import { checkPort, isDnsLabel, wildcardDomainProblem } from './names.ts'

/** Source: Istio validateDestination. */
export function checkDestination(destination: Fields | undefined, path: FieldPath, judge: Judge): void {
  if (!destination) return
  const host: string = destination.host ?? ''
  const problem = host === '*' ? 'invalid destination host *' : wildcardDomainProblem(host)
  if (problem !== null) judge.error('INVALID_HOST', [...path, 'host'], problem)
  if (destination.subset) checkSubsetName(destination.subset as string, [...path, 'subset'], judge)
  if (destination.port) checkPort((destination.port.number as number) ?? 0, [...path, 'port', 'number'], judge)
}

export function checkSubsetName(name: string, path: FieldPath, judge: Judge): void {
  if (name === '') judge.error('INVALID_VALUE', path, 'subset name cannot be empty')
  else if (!isDnsLabel(name)) judge.error('INVALID_VALUE', path, `subset name is invalid: ${name}`)
}

/** Destinations with weights, of an HTTP, TCP or TLS rule. Weights need not add up to 100; their sum is one of 32 bits. Source: Istio validateHTTPRouteDestinations. */
export function checkWeights(destinations: readonly Fields[] | undefined, path: FieldPath, judge: Judge): void {
  let total = 0
  for (const [entry, at] of each(destinations, path)) {
    if (entry.destination === undefined) judge.error('SCHEMA_REQUIRED', [...at, 'destination'], 'destination is required')
    checkHeaderOperations(entry.headers, [...at, 'headers'], judge)
    checkDestination(entry.destination, [...at, 'destination'], judge)
    const weight: number = entry.weight ?? 0
    if (weight < 0) judge.error('INVALID_WEIGHT', [...at, 'weight'], `weight ${weight} < 0`)
    total = (total + weight) | 0
  }
  if ((destinations?.length ?? 0) > 1 && total === 0)
    judge.error('INVALID_WEIGHT', path, 'total destination weight = 0', 'give each of several destinations a weight; shares are weight / sum')
}
