import { expect, test } from 'vitest'
import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import type { MeshSession } from '../targets/target.ts'
import { EvidenceBook } from './evidence-book.ts'
import { StatementFailed, Undecided } from './failure.ts'
import { Judge } from './judge.ts'
import { Refusal } from './refusal.ts'

type Parts = ConstructorParameters<typeof Judge>[0]

/** Of a mesh that has answered one request. */
function judgeOf(session: Partial<MeshSession>): Judge {
  const evidence = new EvidenceBook(() => {})
  Object.defineProperty(evidence, 'last', { value: [{ hops: [], warnings: [] } as unknown as Exchange] })
  const parts = {
    run: { settings: {}, target: { name: 'cluster', capabilities: new Set(), clock: 'wall' } },
    mesh: { opened: { notModelled: () => [], doubts: () => ['the sender has no sidecar'], ...session } },
    configs: { given: [] },
    evidence,
    refusal: new Refusal(),
    traffic: { load: null },
    log: () => {},
  }
  return new Judge(parts as unknown as Parts)
}

const flapped = (): never => {
  throw new Undecided('pod shop-v1 was not ready for a while')
}

test('a statement that does not hold fails, with what is odd about the mesh', () => {
  const judge = judgeOf({ assertSteady: () => {} })
  expect(() => judge.expect(() => 'it went to v2')).toThrow(StatementFailed)
  expect(() => judge.expect(() => 'it went to v2')).toThrow('it went to v2\nWhat may be why:\n  the sender has no sidecar')
})

test('where pods were not ready for a while meanwhile it is undecided', () => {
  expect(() => judgeOf({ assertSteady: flapped }).expect(() => 'it went to v2')).toThrow(Undecided)
})

test('one that holds does so all the same', () => {
  expect(() => judgeOf({ assertSteady: flapped }).expect(() => undefined)).not.toThrow()
})
