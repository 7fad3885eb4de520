import { brotliDecompressSync, gunzipSync } from 'node:zlib'

const readers: Readonly<Record<string, ((bytes: Buffer) => Buffer) | undefined>> = {
  gzip: gunzipSync,
  br: brotliDecompressSync,
}

/** Whoever is shown an answer is shown what was compressed; what only says that it is stays as it came. */
export function uncompressed(body: Buffer, encoding: string | undefined): Buffer {
  const read = encoding === undefined ? undefined : readers[encoding]
  if (!read || body.length === 0) return body
  try {
    return read(body)
  } catch {
    return body
  }
}
