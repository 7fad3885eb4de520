import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isCurrent, readSession, signSession } from './session.ts'

test('the cookie reads as Flask writes it', () => {
  const [payload, timestamp, signature] = signSession({ user: 'jason', signedAt: 1_700_000_000 }).split('.')
  expect(payload).toBe('eyJ1c2VyIjoiamFzb24ifQ')
  expect(Buffer.from(timestamp!, 'base64url').readUInt32BE()).toBe(1_700_000_000)
  expect(Buffer.from(signature!, 'base64url')).toHaveLength(20)
})

test('what is signed can be read, whatever the name', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('a'.repeat(500))), fc.nat(2 ** 31), (user, signedAt) => {
      expect(readSession(signSession({ user, signedAt }))).toEqual({ user, signedAt })
    }),
  )
})

test('a long name is packed', () => {
  expect(signSession({ user: 'a'.repeat(500), signedAt: 1 })).toMatch(/^\.[\w-]{10,60}\./)
})

test('a changed cookie is nobody', () => {
  const cookie = signSession({ user: 'anna', signedAt: 1 })
  const other = signSession({ user: 'jason', signedAt: 1 })
  for (const forged of ['', '.', '..', 'x', cookie.slice(0, -2), other.split('.')[0] + cookie.slice(cookie.indexOf('.'))])
    expect(readSession(forged)).toBeNull()
})

test('a session ends after 31 days', () => {
  const session = { user: 'jason', signedAt: 0 }
  const day = 24 * 3600 * 1000
  expect([isCurrent(session, 31 * day), isCurrent(session, 31 * day + 1)]).toEqual([true, false])
})
