import type { Envelope } from '@cucumber/messages'

type Handler = (envelope: Envelope) => void

/**
 * Hands messages on in the order in which the scenarios were planned, however many processes run them: the same run gives the same reports. What belongs
 * to a scenario waits until those before it have ended.
 */
export function inOrder(handler: Handler): Handler {
  const planned: string[] = []
  const testCaseOf = new Map<string, string>()
  const waiting = new Map<string, Envelope[]>()
  let next = 0

  const handOn = (envelope: Envelope): void => {
    handler(envelope)
    if (!envelope.testCaseFinished || envelope.testCaseFinished.willBeRetried) return
    next += 1
    release(planned[next])
  }
  const release = (testCaseId: string | undefined): void => {
    const held = waiting.get(testCaseId ?? '') ?? []
    waiting.delete(testCaseId ?? '')
    for (const envelope of held) handOn(envelope)
  }
  return (envelope) => {
    if (envelope.testCase) planned.push(envelope.testCase.id)
    if (envelope.testCaseStarted) testCaseOf.set(envelope.testCaseStarted.id, envelope.testCaseStarted.testCaseId)
    // Whoever ran a scenario may have died before its end.
    if (envelope.testRunFinished) for (const testCaseId of planned.slice(next)) release(testCaseId)
    const testCaseId = testCaseOf.get(attemptOf(envelope) ?? '')
    if (testCaseId === undefined || testCaseId === planned[next]) return handOn(envelope)
    const held = waiting.get(testCaseId)
    if (held) held.push(envelope)
    else waiting.set(testCaseId, [envelope])
  }
}

/** The attempt at a scenario that a message belongs to. */
function attemptOf({ testCaseStarted, testStepStarted, testStepFinished, attachment, testCaseFinished }: Envelope): string | undefined {
  return testCaseStarted?.id ?? (testStepStarted ?? testStepFinished ?? attachment ?? testCaseFinished)?.testCaseStartedId
}
