/** The side of a proxy: towards those that its workload asks, or towards those that ask it. Istio's WorkloadMode. */
export type Mode = 'CLIENT' | 'SERVER'

/** @param said of what a rule is for; without a word it is for both sides */
export function concerns(said: string | undefined, mode: Mode): boolean {
  return said === undefined || said === 'CLIENT_AND_SERVER' || said === mode
}
