import { brotliCompressSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { uncompressed } from './content-encoding.ts'

/** 64 KiB that stand for 65 MiB. */
const bomb = gzipSync(Buffer.alloc(65 * 2 ** 20))
const text = Buffer.from('a body, and a body')

test.each([
  ['gzip', gzipSync(text), text],
  ['br', brotliCompressSync(text), text],
  // Whoever sends it says what it is not.
  ['gzip', text, text],
  ['gzip', bomb, bomb],
  ['identity', text, text],
  [undefined, gzipSync(text), gzipSync(text)],
])('a body that is said to be %s', (encoding, bytes, shown) => expect(uncompressed(bytes, encoding)).toEqual(shown))
