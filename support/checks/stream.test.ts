import { expect, test } from 'vitest'
import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { Headers } from '../../mesh-core/ir/message.ts'
import type { CheckContext } from './check.ts'
import { grpcMessageIs, grpcStatusIs } from './stream.ts'

const byWaiting = { status: '14', message: 'upstream request timeout' }
const byReceiver = { status: '4', message: 'downstream duration timeout' }

interface Given {
  readonly told?: boolean
  readonly asked?: boolean
  readonly hasSidecar?: boolean
  readonly details?: string
  readonly isCertified?: boolean
}

/** @param given what the receiver was told by `grpc-timeout`, and by whom */
function ended(
  { status, message }: typeof byWaiting,
  { told = true, asked = false, hasSidecar = true, details, isCertified = false }: Given = {},
): Exchange {
  const received = { headers: new Headers([...(told ? ['grpc-timeout', '2000m'] : []), ...(isCertified ? ['x-forwarded-client-cert', 'By=x'] : [])]) }
  const hop = { parent: -1, received, inbound: hasSidecar ? {} : null, log: details === undefined ? null : { details }, to: null }
  return {
    request: { headers: new Headers(['content-type', 'application/grpc', ...(asked ? ['grpc-timeout', '2S'] : [])]) },
    response: { status: 200, headers: new Headers(['grpc-status', status, 'grpc-message', message]), body: '' },
    hops: [hop],
  } as unknown as Exchange
}

const context = { locate: () => ({ file: '', position: null }) } as unknown as CheckContext
const undecided = expect.objectContaining({ name: 'Undecided', message: expect.stringContaining('whichever is first ends the call') })

function judged(exchange: Exchange, check: ReturnType<typeof grpcStatusIs>, clock: CheckContext['clock'] = 'wall'): unknown {
  try {
    return check([exchange], { ...context, clock }) === undefined ? 'holds' : 'fails'
  } catch (error) {
    return error
  }
}

test.each([
  ['the proxy that waits was first', ended(byWaiting), undecided],
  ["the receiver's proxy was first", ended(byReceiver), undecided],
  ['the receiver has no proxy', ended(byWaiting, { hasSidecar: false }), 'holds'],
  ['the receiver is told nothing', ended(byWaiting, { told: false }), 'holds'],
  ['the client says how long it waits, and has no proxy', ended(byReceiver, { asked: true }), 'fails'],
  [
    'the client says how long it waits, and its proxy has told what became of it',
    ended(byReceiver, { asked: true, details: 'via_upstream' }),
    undecided,
  ],
  ['the client says how long it waits, and its proxy has shown who it is', ended(byReceiver, { asked: true, isCertified: true }), undecided],
  ['the proxy itself ends what takes too long', ended(byReceiver, { details: 'max_duration_timeout' }), 'fails'],
  ['the application says so', ended({ status: '4', message: 'too slow' }), 'fails'],
])('a call that is out of time: %s', (_, exchange, verdict) => {
  expect(judged(exchange, grpcStatusIs('UNAVAILABLE'))).toEqual(verdict)
})

test('what a live mesh may give either way is not said to be the one or the other', () => {
  for (const exchange of [ended(byWaiting), ended(byReceiver)]) {
    expect(judged(exchange, grpcStatusIs('UNAVAILABLE', 'DEADLINE_EXCEEDED'))).toBe('holds')
    expect(judged(exchange, grpcStatusIs('DEADLINE_EXCEEDED'))).toEqual(undecided)
    expect(judged(exchange, grpcMessageIs(byWaiting.message))).toEqual(undecided)
    expect(judged(exchange, grpcStatusIs('OK'))).toBe('fails')
    expect(judged(exchange, grpcMessageIs('out of tea'))).toBe('fails')
  }
})

test('on a virtual clock the same proxy ends it each time', () => {
  const exchange = ended(byWaiting)
  expect(judged(exchange, grpcStatusIs('UNAVAILABLE'), 'virtual')).toBe('holds')
  expect(judged(exchange, grpcMessageIs(byWaiting.message), 'virtual')).toBe('holds')
  expect(judged(exchange, grpcStatusIs('DEADLINE_EXCEEDED'), 'virtual')).toEqual(undecided)
})
