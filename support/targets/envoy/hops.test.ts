import { expect, test } from 'vitest'
import { hopsOf, type Names } from './hops.ts'
import type { Journal } from './journal.ts'

const names: Names = { host: () => null, kept: () => null, leadsTo: () => false }

test.each([
  ['a stream that was ended before its headers were there', 'http2.unexpected_underscore', null, 'http2.unexpected_underscore'],
  ['bytes', 'via_upstream', null, '-'],
  ['bytes that a filter has ended', 'via_upstream', 'rbac_access_denied', 'rbac_access_denied'],
])('what a receiver has written of %s', (_, details, termination, told) => {
  const untold = { call: null, tunnel: null, attempt: null, forwardedFor: null, local: null, route: null, cluster: null, host: null }
  const line = { proxy: 'b-v1.default', pod: 'b-v1-0.default', direction: 'inbound', ...untold, status: 0, flags: 'DR', details, termination }
  const call = { parent: null, from: null, service: null, dialled: '10.0.0.1:80', proxy: null, received: [], mirrors: [], unreached: [line] }
  const [hop] = hopsOf({ calls: [{ ...call, line: null, gateway: null, startMs: 0, endMs: 1, status: 503 }] } as unknown as Journal, names)
  expect(hop!.inbound!.details).toBe(told)
})
