import type { Random } from '../../time/random.ts'

/** @returns the index of one of the weights, each as often as its share of the sum; a weight of 0 never, unless it is alone */
export function chooseWeighted(weights: readonly number[], total: number, random: Random): number {
  if (weights.length === 1) return 0
  let rest = random.below(total)
  for (let i = 0; i < weights.length; i++) {
    rest -= weights[i]!
    if (rest < 0) return i
  }
  return weights.length - 1
}
