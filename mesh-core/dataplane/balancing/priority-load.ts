/** How much of one priority's hosts can be used. */
export interface Availability {
  readonly hosts: number
  readonly healthy: number
}

/** What each priority gets. */
export interface PriorityLoad {
  /** Percent, adding up to 100. */
  readonly loads: readonly number[]
  /** The health of a priority's hosts is not looked at. */
  readonly panics: readonly boolean[]
}

/** A priority with 72 of 100 hosts takes all of its load: Envoy's default `overprovisioning_factor`, in percent. */
export const overprovisioning = 140

/**
 * The first priority takes what it can, the next the rest. When all together cannot take 100 %, those with too few healthy hosts panic.
 * Source: Envoy `LoadBalancerBase` recalculatePerPriorityState, recalculatePerPriorityPanic.
 * @param panicThreshold percent of healthy hosts; 0 for no panic
 */
export function priorityLoad(priorities: readonly Availability[], panicThreshold: number): PriorityLoad {
  const health = priorities.map(healthOf)
  const available = Math.min(
    100,
    health.reduce((sum, one) => sum + one, 0),
  )
  const panics = priorities.map(({ hosts, healthy }) => available < 100 && (hosts === 0 ? 0 : (100 * healthy) / hosts) < panicThreshold)
  if (panics.every(Boolean))
    return {
      panics,
      loads: shares(
        priorities.map(({ hosts }) => hosts),
        priorities.reduce((sum, { hosts }) => sum + hosts, 0),
      ),
    }
  return { panics, loads: shares(health, available) }
}

/** The load that a priority can take, in percent. */
export function healthOf({ hosts, healthy }: Availability): number {
  return hosts === 0 ? 0 : Math.min(100, Math.floor((overprovisioning * healthy) / hosts))
}

/** Each its percentage of the total, as long as there is some left; what rounding leaves over goes to the first that has any. */
export function shares(parts: readonly number[], total: number): number[] {
  let left = 100
  const loads = parts.map((part) => {
    const load = total === 0 ? 0 : Math.min(left, Math.floor((100 * part) / total))
    left -= load
    return load
  })
  loads[
    Math.max(
      0,
      parts.findIndex((part) => part > 0),
    )
  ]! += left
  return loads
}

/** @param draw 0 to 99 */
export function choosePriority(loads: readonly number[], draw: number): number {
  let sum = 0
  for (let i = 0; i < loads.length; i++) if (draw < (sum += loads[i]!)) return i
  return 0
}
