import { StatementFailed } from '../verdicts/failure.ts'

/** @throws StatementFailed for an empty text, such as a cell of an outline that was left empty: it is in every text, so the statement would always hold */
export function assertText(text: string): void {
  if (text === '') throw new StatementFailed('the text is empty, which every text contains: write what is to be there')
}
