import { expect, test } from 'vitest'
import { valueRefusal } from './format-refusal.ts'

/** Each asked of Envoy 1.40.0. */
test.each([
  '%REQ(X-A?:PATH):10%',
  '100%% %PROTOCOL%',
  '%PATH(NQ:ORIG_OR_PATH)%',
  '%GRPC_STATUS%',
  '%START_TIME(%Y/%m/%d)%',
  '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(16)%',
  '%METADATA(ROUTE:istio)%',
  '%CEL(request.path)%',
  '%FILTER_STATE(a:PLAIN)%',
  '%FILTER_STATE(a:FIELD:b:c)%',
  '%UPSTREAM_FILTER_STATE(a:)%',
])('%s is taken', (value) => expect(valueRefusal(value)).toBeNull())

test('one that is too long is not', () => {
  expect([valueRefusal('é'.repeat(8192)), valueRefusal('é'.repeat(8193))]).toEqual([null, 'a header value of 16386 bytes is longer than 16384'])
})

test.each([
  ['%REQ%', 'names %REQ% without what it needs in parentheses'],
  ['%PROTOCOL(x)%', 'gives %PROTOCOL% an argument or a length, and it takes none'],
  ['%PROTOCOL:3%', 'gives %PROTOCOL% an argument or a length, and it takes none'],
  ['%REQ(A?B?C)%', 'more than one header stands for a missing one'],
  ['%REQ(X-A )%', 'that is no name of a header'],
  ['%RESP(["X"])%', 'that is no name of a header'],
  ['%', 'has a percent sign that begins no command: write %%'],
  ['%GRPC_STATUS(X)%', 'it may say CAMEL_STRING, SNAKE_STRING, NUMBER'],
  ['%PATH(WQ:X)%', 'it may say ORIG, PATH, ORIG_OR_PATH'],
  ['%START_TIME(%n)%', 'a header has no line feed'],
  ['%COMMON_DURATION(X)%', 'a duration has a beginning and an end, START:END'],
  ['%FILTER_STATE(:PLAIN)%', 'what is kept has a key'],
  ['%FILTER_STATE(a:plain)%', 'it may say PLAIN, TYPED, FIELD'],
  ['%FILTER_STATE(a:FIELD:)%', 'FIELD has the name of a field'],
  ['%UPSTREAM_FILTER_STATE(a:PLAIN:b)%', 'and nothing else has'],
  ['%COALESCE(x)%', 'it is no JSON'],
  ['%REQ_WITHOUT_QUERY(X)%', 'names %REQ_WITHOUT_QUERY%, which Envoy does not know'],
  ['%protocol%', 'has a percent sign that begins no command: write %%'],
])('%s is not: %s', (value, problem) => expect(valueRefusal(value)).toContain(problem))
