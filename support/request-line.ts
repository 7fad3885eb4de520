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

/** `GET /productpage`, `GET /productpage HTTP/2` */
export const requestLinePattern = /"([A-Z]+) ([^"\s]+)(?: HTTP\/(1\.0|1\.1|2))?"/
