import { bytesOf } from '../../../mesh-core/ir/message.ts'
import type { Lines } from '../../../wire/line-server.ts'
import { callHeader } from './xds/access-log.ts'

/** Bytes that begin so are a line over TCP, which has no header to say which call it belongs to; workloads never see it. No HTTP begins so. */
const mark = '\0'

export function markBytes(id: string): string {
  return `${mark}${id}${mark}`
}

/** Connections that begin so. */
export const markedLines: Lines = {
  begins: (first) => first[0] === 0,
  take: (bytes) => {
    const [, id, text] = /^\0([^\0]*)\0([^]*\n)$/.exec(bytes.toString()) ?? []
    if (id === undefined) return null
    const request = bytesOf('tcp', '', text!)
    request.headers.append(callHeader, id)
    return request
  },
}

/** Of a datagram, which always comes whole. */
export function takeMark(text: string): { readonly id: string | null; readonly text: string } {
  const [, id, rest] = /^\0([^\0]*)\0([^]*)$/.exec(text) ?? []
  return id === undefined ? { id: null, text } : { id, text: rest! }
}
