import { MeshSpecError } from '../../mesh-core/config/errors.ts'

/** What `{request}` says: a method, a path or a URL, and perhaps the version of HTTP. */
export interface RequestLine {
  readonly method: string
  /** `/productpage` or `http://reviews:9080/reviews/0` */
  readonly target: string
  /** When it is said. */
  readonly version?: HttpVersion
}

export type HttpVersion = '1.0' | '1.1' | '2'

/** How the data planes name it; left out for HTTP/1.1. */
export const protocolOfVersion: Readonly<Record<HttpVersion, 'http/1.0' | 'h2' | null>> = { '1.0': 'http/1.0', '1.1': null, '2': 'h2' }

/** `"GET /productpage"`, `"GET /productpage HTTP/2"`; in quotes of either kind, as other texts of a sentence. */
export const requestLinePattern = /"([A-Z]+) ([^"\s]+)(?: HTTP\/(1\.0|1\.1|2))?"|'([A-Z]+) ([^'\s]+)(?: HTTP\/(1\.0|1\.1|2))?'/

/** @param groups of the pattern: those of one kind of quotes, then of the other */
export function requestLine(...groups: (string | undefined)[]): RequestLine {
  const [method, target, version] = groups[0] === undefined ? groups.slice(3) : groups
  return { method: method!, target: target!, ...(version && { version: version as HttpVersion }) }
}

/** Sentences of their own, by the scheme that somebody may expect them by. */
const otherSentences: Readonly<Record<string, string>> = {
  tcp: 'bytes have a sentence of their own: When shop sends "hello" over TCP to "db:5432"',
  udp: 'datagrams have a sentence of their own: When a client sends "hello" over UDP to port 5300',
  grpc: 'gRPC has a sentence of its own: When shop calls "grpc://stock:7070/shop.Stock/Get" with the message "tea"',
  ws: 'WebSockets have a sentence of their own: When shop opens a WebSocket to "ws://chat/room" and sends "hello"',
}

/** @throws MeshSpecError INVALID_REQUEST for a URL of another scheme than HTTP's */
export function assertHttp(target: string): void {
  const scheme = /^([a-z][a-z\d+.-]*):\/\//i.exec(target)?.[1]?.toLowerCase()
  if (scheme === undefined || scheme === 'http' || scheme === 'https') return
  const hint = otherSentences[scheme.replace(/s$/, '')] ?? 'write for example "GET http://reviews:9080/reviews/0"'
  throw new MeshSpecError({ code: 'INVALID_REQUEST', origin: null, place: null, problem: `${JSON.stringify(target)} is no URL of HTTP`, hint })
}
