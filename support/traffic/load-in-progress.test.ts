import { expect, test } from 'vitest'
import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { EvidenceBook } from '../verdicts/evidence-book.ts'
import { LoadInProgress } from './load-in-progress.ts'
import { RequestBudget } from './request-budget.ts'
import type { Call, Load, MeshSession } from '../targets/target.ts'

/** Notes what it is to send, and what its telemetry is to leave out. */
function inProgress(load: Load): { load: LoadInProgress; sent: Load[]; leftOut: () => number; book: EvidenceBook } {
  const sent: Load[] = []
  let leftOut = 0
  const exchange = { request: {}, response: null, durationMs: 1, hops: [] } as unknown as Exchange
  const session = {
    telemetry: { leaveOut: (exchanges: readonly Exchange[]) => (leftOut += exchanges.length) },
    send: async () => exchange,
    sendAll: async (_: Call, some: Load) => {
      sent.push(some)
      return Array.from({ length: some.times }, () => exchange)
    },
  } as unknown as MeshSession
  const book = new EvidenceBook()
  return { load: new LoadInProgress(session, {} as Call, load, book, new RequestBudget(null)), sent, leftOut: () => leftOut, book }
}

test('what goes beyond the load is no evidence of it, and left out by metrics', async () => {
  const { load, leftOut, book } = inProgress({ times: 100, concurrency: 5 })
  await load.more(80)
  expect([load.beyond, leftOut(), book.last.length]).toEqual([0, 0, 80])
  await load.more(70)
  expect([load.beyond, leftOut(), book.last.length, load.sample.length]).toEqual([50, 50, 100, 150])
})

test('what is sent all at once is sent again all at once', async () => {
  const { load, sent } = inProgress({ times: 10, concurrency: 10 })
  await load.more(3)
  await load.more(11)
  expect(sent).toEqual([10, 10, 10].map((times) => ({ times, concurrency: 10 })))
})

test('what is sent one after the other, or some at once, goes on so', async () => {
  const { load, sent } = inProgress({ times: 10, concurrency: 5 })
  await load.more(10)
  await load.more(13)
  expect(sent).toEqual([
    { times: 10, concurrency: 5 },
    { times: 13, concurrency: 5 },
  ])
})
