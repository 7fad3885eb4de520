import type { Envelope } from '@cucumber/messages'
import { Collector, type IsChosen } from './collector.ts'
import { inOrder } from './in-order.ts'
import type { RunRecord, ScenarioRecord } from './run-record.ts'

/** A run, gathered once for all who follow it. */
class GatheredRun {
  readonly #collector = new Collector()
  readonly #takeInOrder = inOrder((envelope) => this.#gather(envelope))
  #last: Envelope | null = null
  #ended: ScenarioRecord[] = []

  get record(): RunRecord {
    return this.#collector.record
  }

  /** @param isChosen see `Collector.chooses` */
  choose(isChosen: IsChosen): void {
    this.#collector.chooses = isChosen
  }

  /** Each message comes from one follower after the other; the first of them has it taken. @returns the scenarios that it has brought to their ends */
  take(envelope: Envelope): readonly ScenarioRecord[] {
    if (envelope === this.#last) return this.#ended
    this.#last = envelope
    this.#ended = []
    this.#takeInOrder(envelope)
    return this.#ended
  }

  #gather(envelope: Envelope): void {
    const scenario = this.#collector.take(envelope)
    if (scenario) this.#ended.push(scenario)
  }
}

/** By their first messages, which cucumber hands to all who follow a run. */
const runs = new WeakMap<Envelope, GatheredRun>()

function runBegunBy(envelope: Envelope): GatheredRun {
  const run = runs.get(envelope) ?? new GatheredRun()
  runs.set(envelope, run)
  return run
}

/** What cucumber's messages tell of a run, scenarios in the order in which they were planned. Whoever reports the same run shares the work. */
export class FollowedRun {
  readonly #onScenario: (scenario: ScenarioRecord) => void
  readonly #isChosen: IsChosen | null
  #run: GatheredRun | null = null

  /**
   * @param onScenario is told each scenario that has come to its end
   * @param isChosen whether the run would take examples if they had rows, where that is known
   */
  constructor(onScenario: (scenario: ScenarioRecord) => void = () => {}, isChosen: IsChosen | null = null) {
    this.#onScenario = onScenario
    this.#isChosen = isChosen
  }

  /** What it came to so far. */
  get record(): RunRecord {
    return (this.#run ?? new GatheredRun()).record
  }

  readonly take = (envelope: Envelope): void => {
    this.#run ??= this.#begin(envelope)
    for (const scenario of this.#run.take(envelope)) this.#onScenario(scenario)
  }

  #begin(envelope: Envelope): GatheredRun {
    const run = runBegunBy(envelope)
    if (this.#isChosen) run.choose(this.#isChosen)
    return run
  }
}
