import type { RetryPolicy } from '../../ir/route.ts'
import type { CircuitBreaker } from './circuit-breaker.ts'
import type { LogRecord } from '../evidence.ts'
import type { Plane } from '../plane.ts'
import { backOffMs } from './retry-policy.ts'

/** The tries of one request after the first: how many there may be, when they come, and their place among those of the cluster. Source: Envoy `RetryStateImpl`. */
export class Retries {
  readonly #plane: Plane
  readonly #cluster: Pick<CircuitBreaker, 'beginRetry' | 'endRetry'>
  readonly #log: LogRecord
  /** One of the cluster's places is taken. */
  #hasPlace = false
  #ended = false

  constructor(plane: Plane, cluster: Pick<CircuitBreaker, 'beginRetry' | 'endRetry'>, log: LogRecord) {
    this.#plane = plane
    this.#cluster = cluster
    this.#log = log
  }

  /** @param again the next try, after its back-off. @returns false when the tries are used up, or too many are under way */
  begin(policy: RetryPolicy, again: () => void): boolean {
    const { attempts, proxy } = this.#log
    if (attempts > policy.numRetries) return this.#refuse('URX')
    this.#leave()
    this.#hasPlace = this.#cluster.beginRetry()
    if (!this.#hasPlace) return this.#refuse('UO')
    const { clock, chance } = this.#plane
    clock.schedule(backOffMs(policy, attempts, chance.backOff), () => this.#ended || again(), `${proxy} tries again`)
    return true
  }

  /** No try comes any more. */
  end(): void {
    this.#ended = true
    this.#leave()
  }

  #refuse(flag: string): false {
    this.#log.raise(flag)
    return false
  }

  #leave(): void {
    if (this.#hasPlace) this.#cluster.endRetry()
    this.#hasPlace = false
  }
}
