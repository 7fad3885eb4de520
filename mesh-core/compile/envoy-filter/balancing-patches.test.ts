import { expect, test } from 'vitest'
import type { LoadBalancing } from '../../ir/cluster.ts'
import { mergedBalancing } from './balancing-patches.ts'

const ring = (least: number, most: number): LoadBalancing => ({ kind: 'RING_HASH', minimumRingSize: least, maximumRingSize: most })
const few: LoadBalancing = { kind: 'LEAST_REQUEST', choiceCount: 2 }

test.each<[about: string, known: LoadBalancing, fields: Record<string, unknown>, merged: LoadBalancing | null]>([
  ['sizes of a ring', ring(1024, 9000), { ring_hash_lb_config: { minimum_ring_size: '3', maximumRingSize: 7 } }, ring(3, 7)],
  ['no size', ring(1024, 9000), { ring_hash_lb_config: { minimum_ring_size: 0 } }, ring(1024, 9000)],
  ['a largest below the smallest', ring(1024, 9000), { ring_hash_lb_config: { maximum_ring_size: 5 } }, null],
  ['a ring that is too large', ring(1024, 8_388_608), { ring_hash_lb_config: { minimum_ring_size: 8_388_609 } }, null],
  ['a ring where there is none', few, { ring_hash_lb_config: { minimum_ring_size: 3 } }, few],
  ['how many are looked at', few, { least_request_lb_config: { choice_count: 10 } }, { kind: 'LEAST_REQUEST', choiceCount: 10 }],
  ['too few that are looked at', few, { least_request_lb_config: { choice_count: 1 } }, null],
])('%s', (_, known, fields, merged) => expect(mergedBalancing(known, fields)).toEqual(merged))
