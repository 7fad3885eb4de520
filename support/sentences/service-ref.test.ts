import { expect, test } from 'vitest'
import { formatServiceRef, parseServiceRef, serviceRefPattern } from './service-ref.ts'

const cases: { text: string; name: string; namespace: string | null; version: string | null }[] = [
  { text: 'reviews', name: 'reviews', namespace: null, version: null },
  { text: 'reviews:v2', name: 'reviews', namespace: null, version: 'v2' },
  { text: 'reviews.prod', name: 'reviews', namespace: 'prod', version: null },
  { text: 'reviews.prod:v2', name: 'reviews', namespace: 'prod', version: 'v2' },
  { text: 'my-shop2:1.0.3-rc1', name: 'my-shop2', namespace: null, version: '1.0.3-rc1' },
]
const hosts: { text: string; name: string; namespace: string | null; version: string | null; written: string }[] = [
  { text: 'edition.cnn.com', name: 'edition', namespace: 'cnn.com', version: null, written: 'edition.cnn.com' },
  { text: 'db.example.com:v2', name: 'db', namespace: 'example.com', version: 'v2', written: 'db.example.com:v2' },
  { text: 'reviews.prod.svc', name: 'reviews', namespace: 'prod', version: null, written: 'reviews.prod' },
  { text: 'reviews.prod.svc.cluster.local:v2', name: 'reviews', namespace: 'prod', version: 'v2', written: 'reviews.prod:v2' },
]
const whole = new RegExp(`^${serviceRefPattern.source}$`)

for (const { text, ...wanted } of cases)
  test(text, () => {
    expect(text).toMatch(whole)
    expect(parseServiceRef(text)).toEqual(wanted)
    expect(formatServiceRef(parseServiceRef(text))).toBe(text)
  })

for (const { text, written, ...wanted } of hosts)
  test(text, () => {
    expect(text).toMatch(whole)
    expect(parseServiceRef(text)).toEqual(wanted)
    expect(formatServiceRef(parseServiceRef(text))).toBe(written)
  })

for (const text of ['a client', 'Reviews', 'reviews:', '-a', 'a..b', 'a.', '"shop"', ''])
  test(`${JSON.stringify(text)} is no service`, () => expect(text).not.toMatch(whole))
