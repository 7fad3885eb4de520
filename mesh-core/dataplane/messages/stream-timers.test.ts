import { expect, test } from 'vitest'
import { Headers, type HttpRequest } from '../../ir/message.ts'
import type { HttpSettings } from '../../ir/proxy-config.ts'
import { VirtualClock } from '../../time/virtual-clock.ts'
import { StreamTimers } from './stream-timers.ts'

const request = (): HttpRequest => ({ method: 'GET', scheme: 'http', authority: 'shop', path: '/', headers: new Headers(), body: '' })

function stream() {
  const clock = new VirtualClock()
  const timers = new StreamTimers()
  const ended: string[] = []
  const watch = (settings: HttpSettings): void => {
    const watched = { clock, settings, request: request(), route: null, duration: undefined, log: { startMs: 0, proxy: 'gateway' } }
    timers.watch(watched, ({ details }) => ended.push(`${details} at ${clock.now()} ms`))
  }
  return { clock, timers, ended, watch }
}

test('a stream ends when nothing is seen of it for too long, and when it takes too long from its beginning', async () => {
  const { clock, ended, watch } = stream()
  await clock.elapse(10)
  watch({ streamIdleMs: 30, maxDurationMs: 100 })
  await clock.elapse(200)
  expect(ended).toEqual(['stream_idle_timeout at 40 ms', 'max_duration_timeout at 100 ms'])
})

test('what is said later of its times takes the place of what was said before', async () => {
  const { clock, ended, watch } = stream()
  watch({ streamIdleMs: 30, maxDurationMs: 50 })
  watch({ streamIdleMs: 60 })
  await clock.elapse(200)
  expect(ended).toEqual(['stream_idle_timeout at 60 ms'])
})

test('a stream that has ended is given up no more', async () => {
  const { clock, timers, ended, watch } = stream()
  watch({ streamIdleMs: 30, maxDurationMs: 50 })
  timers.stop()
  await clock.elapse(200)
  expect(ended).toEqual([])
})
