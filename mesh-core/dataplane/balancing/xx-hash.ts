/** A hash of 64 bits, unsigned. */
export type Hash64 = bigint

const p1 = 0x9e3779b185ebca87n
const p2 = 0xc2b2ae3d27d4eb4fn
const p3 = 0x165667b19e3779f9n
const p4 = 0x85ebca77c2b2ae63n
const p5 = 0x27d4eb2f165667c5n

const encoder = new TextEncoder()

/** XXH64 of the text's UTF-8. Source: Envoy `HashUtil::xxHash64`; algorithm: xxHash specification, XXH64. */
export function xxHash64(text: string, seed: Hash64 = 0n): Hash64 {
  const bytes = encoder.encode(text)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = bytes.length
  let at = 0
  let hash = wrap(seed + p5)
  if (length >= 32) {
    const lanes: [Hash64, Hash64, Hash64, Hash64] = [wrap(seed + p1 + p2), wrap(seed + p2), seed, wrap(seed - p1)]
    for (; at + 32 <= length; at += 32) for (let lane = 0; lane < 4; lane++) lanes[lane] = round(lanes[lane]!, view.getBigUint64(at + 8 * lane, true))
    hash = converge(lanes)
  }
  return avalanche(digestRest(wrap(hash + BigInt(length)), view, at))
}

/** Of several texts, one after another: each hash seeds the next. Source: Envoy `HashUtil::xxHash64` of a span. */
export function xxHash64All(texts: readonly string[]): Hash64 {
  let hash: Hash64 = 0n
  for (const text of texts) hash = xxHash64(text, hash)
  return hash
}

export function rotateLeft(value: Hash64, bits: bigint): Hash64 {
  return wrap(value << bits) | (value >> (64n - bits))
}

function wrap(value: bigint): Hash64 {
  return BigInt.asUintN(64, value)
}

function round(accumulator: Hash64, lane: Hash64): Hash64 {
  return wrap(rotateLeft(wrap(accumulator + lane * p2), 31n) * p1)
}

function converge(lanes: readonly [Hash64, Hash64, Hash64, Hash64]): Hash64 {
  const [a, b, c, d] = lanes
  let hash = wrap(rotateLeft(a, 1n) + rotateLeft(b, 7n) + rotateLeft(c, 12n) + rotateLeft(d, 18n))
  for (const lane of lanes) hash = wrap((hash ^ round(0n, lane)) * p1 + p4)
  return hash
}

function digestRest(start: Hash64, view: DataView, from: number): Hash64 {
  let hash = start
  let at = from
  for (; at + 8 <= view.byteLength; at += 8) hash = wrap(rotateLeft(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * p1 + p4)
  if (at + 4 <= view.byteLength) {
    hash = wrap(rotateLeft(hash ^ wrap(BigInt(view.getUint32(at, true)) * p1), 23n) * p2 + p3)
    at += 4
  }
  for (; at < view.byteLength; at++) hash = wrap(rotateLeft(hash ^ wrap(BigInt(view.getUint8(at)) * p5), 11n) * p1)
  return hash
}

function avalanche(hash: Hash64): Hash64 {
  const second = wrap((hash ^ (hash >> 33n)) * p2)
  const third = wrap((second ^ (second >> 29n)) * p3)
  return third ^ (third >> 32n)
}
