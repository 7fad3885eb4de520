import { appendFileSync, existsSync, fsyncSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { findLedgers, Ledger } from './ledger.ts'

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>()
  return { ...fs, fsyncSync: vi.fn(fs.fsyncSync) }
})

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'meshspec-ledger-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const head = { run: 'abc', pid: 1, host: 'ci', startedAt: '2026-01-01T00:00:00Z', server: 'https://a', context: 'test', kubeconfig: null }
const refOf = (name: string) => ({ group: 'networking.istio.io', kind: 'VirtualService', namespace: 'shop', name })
const before = { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: { name: 'b', namespace: 'shop' }, spec: { hosts: ['b'] } }

test('what is open is found by another process, the last one first', () => {
  const ledger = new Ledger(head, null, folder)
  ledger.touch({ ref: refOf('a'), before: null })
  ledger.touch({ ref: refOf('b'), before })
  ledger.touch({ ref: refOf('c'), before: null })
  // How it was at first is what counts.
  ledger.touch({ ref: refOf('b'), before: null })
  ledger.done(refOf('c'))
  const [found] = findLedgers(folder)
  expect(found!.head).toEqual(head)
  expect(found!.open).toEqual([
    { ref: refOf('b'), before },
    { ref: refOf('a'), before: null },
  ])
  expect(found!.open).toEqual(ledger.open)
})

test('how something stood that is not of the run outlives the machine, and that it stands so again; for the rest nobody waits for the disk', () => {
  const ledger = new Ledger(head, null, folder)
  const synced = vi.mocked(fsyncSync)
  const timesIn = (change: () => void): number => {
    synced.mockClear()
    change()
    return synced.mock.calls.length
  }
  expect(timesIn(() => ledger.touch({ ref: refOf('a'), before: null }))).toBe(0)
  expect(timesIn(() => ledger.done(refOf('a')))).toBe(0)
  expect(timesIn(() => ledger.touch({ ref: refOf('b'), before }))).toBe(1)
  expect(timesIn(() => ledger.done(refOf('b')))).toBe(1)
})

test('the cluster is told of what is not in namespaces of the run, and at the end of nothing', () => {
  const told: string[][] = []
  const ledger = new Ledger(head, { keep: (touched) => void told.push(touched.map(({ ref }) => ref.name)), settled: async () => {} }, folder)
  ledger.touch({ ref: { group: '', kind: 'Namespace', namespace: '', name: 'meshspec-abc' }, before: null })
  ledger.touch({ ref: { ...refOf('a'), namespace: 'meshspec-abc' }, before: null })
  ledger.touch({ ref: refOf('b'), before })
  ledger.touch({ ref: refOf('c'), before: null })
  ledger.done(refOf('b'))
  ledger.remove()
  expect(told).toEqual([['b'], ['c', 'b'], ['c'], []])
})

test('half a line was no change yet', () => {
  const ledger = new Ledger(head, null, folder)
  ledger.touch({ ref: refOf('a'), before: null })
  appendFileSync(ledger.file, '{"touched":{"ref":{"group"')
  expect(findLedgers(folder)[0]!.open).toHaveLength(1)
})

test('nobody else reads it, and it goes with the run', () => {
  const ledger = new Ledger(head, null, folder)
  expect(statSync(ledger.file).mode & 0o777).toBe(0o600)
  ledger.remove()
  expect(existsSync(ledger.file)).toBe(false)
  expect(findLedgers(join(folder, 'none'))).toEqual([])
})
