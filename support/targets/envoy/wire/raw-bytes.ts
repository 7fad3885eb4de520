/** Bytes that begin so are a line over TCP, which has no header to say which call it belongs to; workloads never see it. No HTTP begins so. */
const mark = '\0'

export function markBytes(id: string): string {
  return `${mark}${id}${mark}`
}

/** Are the first bytes of a connection such a line? */
export function isMarked(first: Buffer): boolean {
  return first[0] === 0
}

/** A line that has come whole; `null` while it has not. */
export function takeLine(bytes: Buffer): { readonly id: string; readonly text: string } | null {
  const [, id, text] = /^\0([^\0]*)\0([^]*\n)$/.exec(bytes.toString()) ?? []
  return id === undefined ? null : { id, text: text! }
}

/** Of a datagram, which always comes whole. */
export function takeMark(text: string): { readonly id: string | null; readonly text: string } {
  const [, id, rest] = /^\0([^\0]*)\0([^]*)$/.exec(text) ?? []
  return id === undefined ? { id: null, text } : { id, text: rest! }
}
