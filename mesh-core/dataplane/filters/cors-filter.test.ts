import { expect, test } from 'vitest'

import { Headers } from '../../ir/message.ts'
import type { CorsPolicy } from '../../ir/route.ts'
import { compileCors } from './cors-filter.ts'

const policy: CorsPolicy = {
  allowOrigins: [{ kind: 'exact', value: 'http://x', ignoreCase: false }],
  allowMethods: null,
  allowHeaders: null,
  exposeHeaders: null,
  maxAge: null,
  allowCredentials: false,
  forwardNotMatchingPreflights: true,
}

test.each([
  ['*', 'x-a, x-b', 'PUT', 'x-a, x-b'], // a lone star is what was asked for
  ['*', null, 'PUT', ''],
  ['*,GET', 'x-a', '*,GET', '*,GET'],
  ['GET', 'x-a', 'GET', 'GET'],
])('%s allowed, %s asked for: %s and %s', (list, asked, methods, names) => {
  const headers = Headers.of({
    origin: 'http://x',
    'access-control-request-method': 'PUT',
    ...(asked && { 'access-control-request-headers': asked }),
  })
  const request = { method: 'OPTIONS', scheme: 'http', authority: 'b', path: '/', headers, body: '' } as const
  const cors = compileCors({ ...policy, allowMethods: list, allowHeaders: list })
  const told = new Headers(cors.preflightHeaders(cors.judge(request)!, request))
  expect([told.get('access-control-allow-methods'), told.get('access-control-allow-headers')]).toEqual([methods, names])
})
