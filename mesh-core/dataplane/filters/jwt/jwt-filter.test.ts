import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { JwtRule } from '../../../ir/jwt.ts'
import { Headers, type HttpRequest } from '../../../ir/message.ts'
import { authenticate } from './jwt-filter.ts'

const now = 1_700_000_000
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const others = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwks = JSON.stringify({ keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kid: 'k' }] })
const origin = { file: 'x.yaml', document: 0, resource: 'RequestAuthentication default/r', path: [] }

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

function token(claims: object, header: object = {}, key = keys.privateKey): string {
  const signed = `${part({ alg: 'ES256', ...header })}.${part({ iss: 'me', exp: now + 10, ...claims })}`
  return `${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}

function rule(more: Partial<JwtRule> = {}): JwtRule {
  const places = { headers: [{ name: 'authorization', prefix: 'Bearer ' }], params: ['access_token'], cookies: [] }
  const outputs = { forward: false, payloadHeader: null, claimHeaders: [], spaceDelimited: ['scope'] }
  return { issuer: 'me', audiences: [], jwks, ...places, ...outputs, origin, ...more }
}

function request(fields: readonly string[], path = '/', method = 'GET'): HttpRequest {
  return { method, scheme: 'http', authority: 'shop', path, headers: new Headers([...fields]), body: '' }
}

const bearing = (text: string): HttpRequest => request(['authorization', `Bearer ${text}`])
const judged = (sent: HttpRequest, ...rules: readonly JwtRule[]) => authenticate(sent, rules.length === 0 ? [rule()] : rules, now * 1000)
const fault = (sent: HttpRequest, ...rules: readonly JwtRule[]): string | undefined => judged(sent, ...rules).refusal?.reply.body

describe('which tokens are taken', () => {
  const cases: readonly (readonly [about: string, sent: HttpRequest, fault: string | undefined, rules?: readonly JwtRule[]])[] = [
    ['a good one', bearing(token({})), undefined],
    ['none', request([]), undefined],
    ['another scheme', request(['authorization', 'Basic abc']), undefined],
    ['the key by its name', bearing(token({}, { kid: 'k' })), undefined],
    ['no key of the name', bearing(token({}, { kid: 'z' })), "Jwks doesn't have key to match kid or alg from Jwt"],
    ['signed by another', bearing(token({}, {}, others.privateKey)), 'Jwt verification fails'],
    ['within the minute that clocks may differ', bearing(token({ exp: now - 60 })), undefined],
    ['beyond it', bearing(token({ exp: now - 61 })), 'Jwt is expired'],
    ['not yet', bearing(token({ nbf: now + 61 })), 'Jwt not yet valid'],
    ['of another issuer', bearing(token({ iss: 'you' })), 'Jwt issuer is not configured'],
    ['of any issuer', bearing(token({ iss: 'you' })), undefined, [rule({ issuer: '' })]],
    ['for others', bearing(token({ aud: 'x' })), 'Audiences in Jwt are not allowed', [rule({ audiences: ['shop'] })]],
    ['scheme and slash do not count', bearing(token({ aud: 'shop' })), undefined, [rule({ audiences: ['https://shop/'] })]],
    ['no keys', bearing(token({})), "Jwks doesn't have any valid public key", [rule({ jwks: '{"keys":[]}' })]],
    ['the second rule takes it', bearing(token({})), undefined, [rule({ issuer: 'a' }), rule()]],
    ['a fault of its own goes before a strange issuer', bearing(token({ exp: 1 })), 'Jwt is expired', [rule(), rule({ issuer: 'z' })]],
    ['one good place and one bad', request(['authorization', `Bearer ${token({})}`], `/?access_token=${token({ exp: 1 })}`), 'Jwt is expired'],
    [
      'a preflight is let through',
      request(['origin', 'x', 'access-control-request-method', 'GET', 'authorization', 'Bearer x'], '/', 'OPTIONS'),
      undefined,
    ],
  ]
  for (const [about, sent, wanted, rules = []] of cases)
    test(about, () => {
      expect(fault(sent, ...rules)).toBe(wanted)
    })
})

describe('what becomes of the request', () => {
  test('the token is taken out of header and parameter, and stays where it is asked for', () => {
    const sent = request([], `/x?a=1&access_token=${token({})}&b=2`)
    expect(judged(sent).isNew).toBe(true)
    expect(sent.path).toBe('/x?a=1&b=2')
    const kept = bearing(token({}))
    judged(kept, rule({ forward: true }))
    expect(kept.headers.has('authorization')).toBe(true)
  })

  test('claims become headers, and nobody else writes those', () => {
    const outputs = ['sub', 'n', 'half', 'yes', 'list', 'in.ner', 'none'].map((claim) => ({ header: `x-${claim}`, claim: claim.split('.') }))
    const claims = { sub: 'jason', n: 42, half: 1.5, yes: true, list: ['a'], in: { ner: 'deep' } }
    const sent = bearing(token(claims))
    sent.headers.append('x-none', 'mine')
    judged(sent, rule({ claimHeaders: outputs, payloadHeader: 'x-payload' }))
    const { 'x-payload': payload, ...headers } = Object.fromEntries(sent.headers.entries())
    expect(headers).toEqual({ 'x-sub': 'jason', 'x-n': '42', 'x-half': '1.500000', 'x-yes': 'true', 'x-list': 'WyJhIl0=', 'x-in.ner': 'deep' })
    expect(JSON.parse(Buffer.from(payload!, 'base64url').toString())).toMatchObject(claims)
    const without = request(['x-sub', 'mine'])
    expect(judged(without, rule({ claimHeaders: outputs }))).toEqual({ refusal: null, isNew: false })
    expect(without.headers.has('x-sub')).toBe(false)
  })

  test('words of a scope are a list', () => {
    const sent = bearing(token({ scope: 'read write', other: 'a b' }))
    judged(sent)
    expect(sent.claims).toMatchObject({ scope: ['read', 'write'], other: 'a b' })
  })

  test('the answer says what was asked for, and no more than 256 characters of it', () => {
    const { refusal } = judged(request(['authorization', 'Bearer x.y'], `/${'p'.repeat(300)}`))
    expect(refusal).toMatchObject({
      reply: { status: 401, headers: ['www-authenticate', `Bearer realm="http://shop/${'p'.repeat(255)}", error="invalid_token"`] },
    })
    expect(refusal?.details).toBe('jwt_authn_access_denied{Jwt_is_not_in_the_form_of_Header.Payload.Signature_with_two_dots_and_3_sections}')
    expect(judged(bearing(token({ aud: 'x' })), rule({ audiences: ['y'] })).refusal?.reply.status).toBe(403)
  })
})
