/**
 * Texts of the model are Unicode and go out as UTF-8. Bytes that are no UTF-8 are read as Latin-1, so that none is lost.
 * @param bytes one character for each byte
 */
export function textOf(bytes: string): string {
  // Nearly everything is ASCII, which is the same in all of them.
  if (!/[\x80-\xff]/.test(bytes)) return bytes
  return decoded(Buffer.from(bytes, 'latin1'))
}

export function decoded(bytes: Buffer): string {
  try {
    return strict.decode(bytes)
  } catch {
    return bytes.toString('latin1')
  }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
