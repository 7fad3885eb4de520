import { expect, test } from 'vitest'
import { readText } from '../read.ts'
import { validateResource } from '../validate.ts'

function isAccepted(name: string, field: 'headers' | 'allowHeaders'): boolean {
  const rule =
    field === 'headers' ? `match: [{headers: {${JSON.stringify(name)}: {exact: x}}}]` : `corsPolicy: {allowHeaders: [${JSON.stringify(name)}]}`
  const text = `{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: a}, spec: {hosts: [b], gateways: [g], http: [{${rule}, route: [{destination: {host: b}}]}]}}`
  return validateResource(readText(text, 'a.yaml').resources[0]!).errors.length === 0
}

/** Each asked of istioctl validate, 1.32. */
test.each([
  ["a!#$%&'*+-.^_`|~z", true, true],
  ['A_b', true, true],
  ['a b', false, false],
  ['a:b', false, false],
  ['a@b', false, false],
  ['a/b', false, false],
  ['ä', false, false],
  ['', false, false],
  [':method', true, false],
  [':status', true, false],
  [':Method', false, false],
  [':protocol', false, false],
  [':', false, false],
  ['@request.auth.claims.a', true, false],
  ['@Request.Auth.Claims[a.b][c]', true, false],
  ['@request.auth.claims', false, false],
])('the header name %j may be matched: %s, and be allowed by CORS: %s', (name, matched, allowed) => {
  expect([isAccepted(name, 'headers'), isAccepted(name, 'allowHeaders')]).toEqual([matched, allowed])
})
