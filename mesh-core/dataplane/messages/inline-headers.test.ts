import { expect, test } from 'vitest'

import { Headers, joinCookies } from '../../ir/message.ts'
import { addValue, inlineOfRequest, inlineOfResponse, joinRepeated } from './inline-headers.ts'

test.each<[ReadonlySet<string>, string[], string[]]>([
  [inlineOfRequest, ['user-agent', 'one', 'x', '1', 'user-agent', 'two', 'x', '2'], ['user-agent', 'one,two', 'x', '1', 'x', '2']],
  [inlineOfRequest, ['x', 'accept', 'accept', 'a', 'accept', 'b', 'accept', 'c'], ['x', 'accept', 'accept', 'a,b,c']], // a value is no name
  [inlineOfRequest, ['cookie', 'a=1', 'cookie', 'b=2', 'etag', '1', 'etag', '2'], ['cookie', 'a=1', 'cookie', 'b=2', 'etag', '1', 'etag', '2']],
  [inlineOfResponse, ['etag', '1', 'set-cookie', 'a', 'etag', '2', 'set-cookie', 'b'], ['etag', '1,2', 'set-cookie', 'a', 'set-cookie', 'b']],
  [inlineOfResponse, ['user-agent', '1', 'user-agent', '2'], ['user-agent', '1', 'user-agent', '2']], // of requests alone
])('repeated inline headers are joined %#', (inline, before, after) => {
  const headers = new Headers([...before])
  joinRepeated(headers, inline)
  expect(headers.fields).toEqual(after)
})

test.each<[string[], string, string[]]>([
  [['user-agent', 'curl'], 'user-agent', ['user-agent', 'curl,new']],
  [['x-env', 'a'], 'x-env', ['x-env', 'a', 'x-env', 'new']],
  [[], 'user-agent', ['user-agent', 'new']],
  [['user-agent', ''], 'user-agent', ['user-agent', 'new']],
])('to %o a value of %s is added', (before, name, after) => {
  const headers = new Headers([...before])
  addValue(headers, name, 'new', inlineOfRequest)
  expect(headers.fields).toEqual(after)
})

test.each<[string[], string[]]>([
  [
    ['cookie', 'a=1', 'x', '1', 'cookie', 'b=2'],
    ['cookie', 'a=1; b=2', 'x', '1'],
  ],
  [
    ['cookie', 'a=1'],
    ['cookie', 'a=1'],
  ],
  [
    ['x', '1', 'x', '2'],
    ['x', '1', 'x', '2'],
  ],
])('cookies of HTTP/2 come together %#', (before, after) => {
  const headers = new Headers([...before])
  joinCookies(headers)
  expect(headers.fields).toEqual(after)
})
