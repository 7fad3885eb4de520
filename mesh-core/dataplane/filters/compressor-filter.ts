import type { Compressor, Encoding, InsertedFilter } from '../../ir/inserted-filter.ts'
import type { Headers } from '../../ir/message.ts'
import { markCompressed } from './compressed-bodies.ts'
import type { Noted, PassedAnswer } from './answer-filters.ts'

/** Source: Envoy `compressor/compressor_filter.cc` decodeHeaders. */
export function noteAccepted(filter: Compressor, { request, notes }: Noted): null {
  const accepted = request.headers.all('accept-encoding')
  if (accepted.length > 0) notes.set(filter, accepted.join(','))
  if (filter.isEnabled && filter.hidesAccepted) request.headers.remove('accept-encoding')
  return null
}

/**
 * Says of an answer how it is compressed, or that others may have it so. Its body stays readable here: clients that are shown it have it as it was.
 * Source: the same file, encodeHeaders.
 * @param all the compressors that there are, in the order in which requests meet them
 */
export function compressAnswer(filter: Compressor, all: readonly InsertedFilter[], { response, isOwn, notes }: PassedAnswer): void {
  const { headers, body, status } = response
  if (!isCompressible(filter, headers, lengthOf(headers, body, isOwn)) || status === 101) return
  const accepted = notes.get(filter)
  if (body !== '' && accepted !== undefined && chosen(accepted, offered(all, headers)) === filter.encoding) {
    if (headers.get('etag')?.startsWith('"')) headers.remove('etag')
    headers.remove('content-length')
    headers.set('content-encoding', filter.encoding)
    markCompressed(response, filter.encoding)
  }
  addVary(headers)
}

/** In bytes; `null` where it is not told: of an answer of the proxy's own without a body. */
function lengthOf(headers: Headers, body: string, isOwn: boolean): number | null {
  const told = headers.get('content-length')
  if (told !== undefined) return Number(told)
  return isOwn && body === '' ? null : Buffer.byteLength(body)
}

function isCompressible(filter: Compressor, headers: Headers, length: number | null): boolean {
  if (!filter.isEnabled || (length !== null && length < filter.leastBytes)) return false
  const isToStay = /no-transform/i.test(headers.get('cache-control') ?? '') || headers.has('content-encoding')
  return !isToStay && isOfType(filter, headers) && !(filter.sparesTagged && headers.has('etag'))
}

function isOfType({ contentTypes }: Compressor, headers: Headers): boolean {
  const type = headers.get('content-type')
  return type === undefined || contentTypes.includes(type.split(';')[0]!.trim().toLowerCase())
}

/** Of two that compress alike the first counts. */
function offered(all: readonly InsertedFilter[], headers: Headers): ReadonlySet<Encoding> {
  return new Set(all.flatMap((one) => (one.kind === 'compressor' && isOfType(one, headers) ? [one.encoding] : [])))
}

/** Source: the same file, chooseEncoding. @returns `identity`: it stays as it is */
function chosen(accepted: string, offers: ReadonlySet<Encoding>): string {
  const asked = accepted.split(',').flatMap(weighed)
  const refused = new Set(asked.filter(({ weight }) => weight === 0).map(({ encoding }) => encoding))
  const allowed = [...offers].filter((encoding) => !refused.has(encoding))
  const known = new Set<string>([...allowed, 'identity', '*'])
  const best = asked.reduce((before, one) => (one.weight > before.weight && known.has(one.encoding) ? one : before), { encoding: '', weight: 0 })
  return best.encoding === '*' ? (allowed[0] ?? 'identity') : best.encoding || 'identity'
}

interface Asked {
  readonly encoding: string
  readonly weight: number
}

/** A weight that is no number counts for nothing, and so does its encoding. */
function weighed(token: string): Asked[] {
  const [name = '', ...rest] = token.split(';')
  const encoding = name.trim()
  if (encoding === '' && rest.length === 0) return []
  const [, told] = /^\s*q\s*=(.*)$/i.exec(rest.join(';')) ?? []
  const weight = told === undefined ? 1 : Number(told.trim() || NaN)
  return Number.isNaN(weight) ? [] : [{ encoding, weight }]
}

function addVary(headers: Headers): void {
  const known = headers.get('vary')
  if (known === undefined || known === '') headers.set('vary', 'Accept-Encoding')
  else if (!known.includes('Accept-Encoding')) headers.set('vary', `${known}, Accept-Encoding`)
}
