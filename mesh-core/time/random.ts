/** Everything random draws from one of these, so that a seed decides a run. */
export interface Random {
  /** In [0, 1). */
  next(): number
  /** A whole number in [0, bound). */
  below(bound: number): number
  /** A generator of its own, decided by this one's seed and the name alone: draws of one do not shift the other's. */
  fork(name: string): Random
}
