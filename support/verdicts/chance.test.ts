import { expect, test } from 'vitest'
import type { Draw, Exchange } from '../../mesh-core/ir/exchange.ts'
import { chanceText, drawsIn } from './chance.ts'
import { parseServiceRef } from '../sentences/service-ref.ts'

const pod = (app: string, version: string) => ({
  workload: { namespace: 'default', name: `${app}-${version}`, instance: `${app}-${version}` },
  labels: { app, version },
})
const weights: Draw = { kind: 'weight', text: '50% reviews subset v1, 50% reviews subset v3', among: [pod('reviews', 'v1'), pod('reviews', 'v3')] }
const fault: Draw = { kind: 'fault', text: '10% are aborted', among: [] }
const exchange = (...draws: Draw[]) => ({ hops: draws.map((draw) => ({ explain: () => ({ draws: [draw] }) })) }) as unknown as Exchange
const drawn = (exchanges: Exchange[], ...services: string[]) => drawsIn(exchanges, services.map(parseServiceRef)).map(({ kind }) => kind)

test('what was drawn of a request is told once', () => {
  expect(drawn([exchange(weights, weights, fault), exchange(fault)])).toEqual(['weight', 'fault'])
  expect(drawn([])).toEqual([])
})

test('a draw that cannot lead to what was wanted is none', () => {
  expect(drawn([exchange(weights)], 'reviews:v3')).toEqual(['weight'])
  expect(drawn([exchange(weights)], 'reviews:v2')).toEqual([])
  expect(drawn([exchange(weights)], 'ratings:v1')).toEqual(['weight'])
  expect(drawn([exchange(weights)], 'reviews')).toEqual(['weight'])
})

test('a person is not told of a draw among endpoints of the version that the statement names', () => {
  const endpoints: Draw = { kind: 'endpoint', text: 'one of 2 endpoints of reviews subset v1', among: [pod('reviews', 'v1'), pod('reviews', 'v1')] }
  expect(chanceText([endpoints], [parseServiceRef('reviews:v1')])).toEqual([])
})

test('a person is told of draws that the statement is about', () => {
  const told = (...services: string[]) => chanceText([weights, fault], services.map(parseServiceRef)).length
  expect([told('reviews:v3'), told('reviews'), told('ratings:v1'), told()]).toEqual([2, 1, 1, 1])
})
