import { describe, expect, test } from 'vitest'
import { Headers } from '../../mesh-core/ir/message.ts'
import { Secrets, withoutTokens } from './secrets.ts'

const request = (headers: Record<string, string>) => ({
  method: 'GET',
  scheme: 'http' as const,
  authority: 'a',
  path: '/',
  headers: Headers.of(headers),
  body: '',
})
const hop = {
  parent: -1,
  from: null,
  service: null,
  to: null,
  version: null,
  app: null,
  port: null,
  status: 200,
  attempt: 1,
  mirrored: false,
  log: null,
  inbound: null,
  tls: null,
  explain: null,
}

describe('messages of a live mesh', () => {
  const secrets = new Secrets()
  secrets.note({
    request: request({ authorization: 'Bearer s3cr3t-of-anna', 'x-user': 'anna@example.com', 'x-request-id': 'b1946ac9' }),
    response: {
      status: 200,
      headers: Headers.of({
        'set-cookie': 'session=c00kie-value; Path=/',
        'content-type': 'text/html',
        'x-n': '1',
        'grpc-message': 'upstream request timeout',
      }),
      body: '',
    },
    error: null,
    durationMs: 1,
    hops: [{ ...hop, received: request({ 'x-api-key': 'key-4711' }) }],
  })

  test.each([
    ['received x-user: "anna@example.com", wanted "bob".', 'received x-user: "(hidden)", wanted "bob".'],
    ['the body "{\\"authorization\\":\\"Bearer s3cr3t-of-anna\\"}"', 'the body "{\\"authorization\\":\\"Bearer (hidden)\\"}"'],
    ['signed in as c00kie-value', 'signed in as (hidden)'],
    ['the key key-4711 was wrong', 'the key (hidden) was wrong'],
    // What says nothing of anybody stays.
    ['the gRPC status was UNAVAILABLE ("upstream request timeout")', 'the gRPC status was UNAVAILABLE ("upstream request timeout")'],
    ['200 with text/html, request b1946ac9, 1 of 1', '200 with text/html, request b1946ac9, 1 of 1'],
  ])('%s', (text, shown) => expect(secrets.hide(text)).toBe(shown))
})

test.each([
  ['Authorization: Bearer abc.def-ghi', 'Authorization: Bearer (hidden)'],
  ['got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln here', 'got (hidden) here'],
  ['-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY----- and more', '(hidden) and more'],
  ['{"token":"94566d5e83fa9f7a"}', '{"token":"(hidden)"}'],
  ['client-key-data: LS0tLS1CRUdJ', 'client-key-data: (hidden)'],
  ['token: ok', 'token: ok'],
])('%s, whoever said it', (text, shown) => expect(withoutTokens(text)).toBe(shown))

describe('a message that is cut short', () => {
  const secrets = new Secrets()
  secrets.note({ request: request({ 'x-api-key': 'planted-key-1' }), response: null, error: 'closed', durationMs: 1, hops: [] })

  test.each([
    ['the body "x-api-key: plant…".', 'the body "x-api-key: (hidden)…".'],
    ['the body "x-api-key: planted-key-1…".', 'the body "x-api-key: (hidden)…".'],
    // Shorter than any secret.
    ['the body "x-api-key: pla…".', 'the body "x-api-key: pla…".'],
    ['plant', 'plant'],
  ])('%s', (text, shown) => expect(secrets.hide(text)).toBe(shown))
})
