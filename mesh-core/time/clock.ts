/** Milliseconds, fractions allowed. */
export type Milliseconds = number

export interface Timer {
  /** Does nothing once the timer has fired. */
  cancel(): void
}

/** Everything that waits, waits on one of these: virtual time on `core`, wall time elsewhere. */
export interface Clock {
  now(): Milliseconds
  /** Calls back once after `delay`. `what` names the wait in the report of a simulation that hangs. */
  schedule(delay: Milliseconds, callback: () => void, what: string): Timer
  /**
   * As `schedule`, for the end of somebody's patience. Of what is scheduled at one moment for one moment the deadlines fire first, the outermost
   * foremost: who waits began to wait before the work did that it waits for.
   */
  deadline(delay: Milliseconds, callback: () => void, what: string): Timer
  sleep(delay: Milliseconds, what: string): Promise<void>
}
