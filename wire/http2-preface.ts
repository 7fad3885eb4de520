/** By which a client of HTTP/2 begins. Source: RFC 9113, 3.4. */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

/** Do the first bytes of a connection begin HTTP/2? */
export function isHttp2(first: Buffer): boolean {
  const length = Math.min(first.length, preface.length)
  return length >= 3 && first.subarray(0, length).equals(preface.subarray(0, length))
}
