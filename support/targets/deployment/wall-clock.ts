import { NotSupported } from '../target.ts'

/** ms that a scenario may ask to pass; a suite that waits longer is run by nobody. */
const longestMs = 60_000

/** @param whose `a cluster`. @throws NotSupported for what is too long to be waited for by the wall's clock */
export function assertPasses(ms: number, whose: string): void {
  if (ms > longestMs) throw new NotSupported('virtual-time', `${whose}'s clock is the wall's, and ${ms / 1000} s is too long to wait`)
}
