import { brotliDecompressSync, gunzipSync } from 'node:zlib'

/** A few bytes can stand for very many, and whoever answers may be a stranger. */
const atMost = { maxOutputLength: 64 * 2 ** 20 }

const readers: Readonly<Record<string, ((bytes: Buffer) => Buffer) | undefined>> = {
  gzip: (bytes) => gunzipSync(bytes, atMost),
  br: (bytes) => brotliDecompressSync(bytes, atMost),
}

/** Whoever is shown an answer is shown what was compressed; what only says that it is stays as it came, and so does what would be more than 64 MiB. */
export function uncompressed(body: Buffer, encoding: string | undefined): Buffer {
  const read = encoding === undefined ? undefined : readers[encoding]
  if (!read || body.length === 0) return body
  try {
    return read(body)
  } catch {
    return body
  }
}
