import { describe, expect, test } from 'vitest'
import type { Endpoint } from '../../ir/cluster.ts'
import type { HostSet } from './host-set.ts'
import { PreviousPriorities } from './previous-priorities.ts'
import { newHost } from './upstream-host.ts'

const host = (address: string) => newHost({ address, port: 80, weight: 1, healthy: true } as unknown as Endpoint, 0)
const set = (name: string, healthy = true): HostSet => {
  const hosts = [host(name)]
  return { hosts, healthy: healthy ? hosts : [], localities: null }
}

const usual = [100, 0, 0]

function loadsAfter(sets: readonly HostSet[], tries: readonly number[]): readonly (readonly number[])[] {
  const previous = new PreviousPriorities(2)
  return tries.map((priority) => {
    previous.note(sets[priority]!.hosts[0]!)
    return previous.loads(sets, usual)
  })
}

describe('retries in other priorities', () => {
  const sets = [set('near'), set('far'), set('farther')]

  test('after two tries those that were tried get nothing, until the next two', () => {
    expect(loadsAfter(sets, [0, 0, 1, 1])).toEqual([usual, [0, 100, 0], [0, 100, 0], [0, 0, 100]])
  })

  test('when all were tried, all begin anew', () => {
    expect(loadsAfter([set('near'), set('far')], [0, 1, 0])).toEqual([usual, [100, 0], usual])
  })

  test('a priority without healthy hosts is passed over', () => {
    expect(loadsAfter([set('near'), set('far', false), set('farther')], [0, 0]).at(-1)).toEqual([0, 0, 100])
  })

  test('when nobody is healthy, nothing changes', () => {
    expect(loadsAfter([set('near', false), set('far', false)], [0, 0]).at(-1)).toEqual(usual)
  })
})
