import { expect, test } from 'vitest'
import { rotateLeft, xxHash64, xxHash64All } from './xx-hash.ts'

// Of the reference implementation: of every way to end (words of 8 bytes, 4 bytes, single ones) and of more than one block of 32 bytes.
test.each<[string, bigint, bigint]>([
  ['', 0n, 0xef46db3751d8e999n],
  ['a', 0n, 0xd24ec4f1a98c6e5bn],
  ['abc', 0n, 0x44bc2cf5ad770999n],
  ['Nobody inspects the spammish repetition', 0n, 0xfbcea83c8a378bf1n],
])('XXH64 of "%s", seed %i', (text, seed, hash) => expect(xxHash64(text, seed)).toBe(hash))

test('text is hashed as UTF-8', () => expect(xxHash64('ä')).not.toBe(xxHash64('a')))

test('of several texts each seeds the next', () => {
  expect(xxHash64All(['a', 'b'])).toBe(xxHash64('b', xxHash64('a')))
  expect(xxHash64All([])).toBe(0n)
})

test('bits that leave on the left come back on the right', () => expect(rotateLeft(0x8000_0000_0000_0001n, 1n)).toBe(3n))
