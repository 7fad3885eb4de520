import { expect, test } from 'vitest'
import { Headers } from '../../ir/message.ts'
import { composeLocalReply } from './local-reply.ts'

const request = { method: 'GET', scheme: 'http' as const, authority: 'b', path: '/', headers: new Headers(), body: '' }
const compose = (body: string) =>
  composeLocalReply({ status: 200, body }, request, (headers) => {
    headers.set('content-length', '5')
    headers.set('content-type', 'application/json')
  }).headers.fields

test('of the length of a body and, where there is none, of its type a route has nothing to say', () => {
  expect(compose('x')).toEqual(['content-length', '1', 'content-type', 'application/json'])
  expect(compose('')).toEqual([])
})
