/** A question that has an answer, which is not found with what may be spent on it; or that the model cannot express. Nothing is claimed then. */
export class Undecided extends Error {
  override readonly name = 'Undecided'
}

/** What may be spent on one question. */
export class Budget {
  #left: number

  constructor(steps: number) {
    this.#left = steps
  }

  /** @throws Undecided when nothing is left */
  spend(): void {
    if (--this.#left < 0) throw new Undecided('the budget is spent')
  }
}
