import type { Claims, Headers, HttpRequest } from '../../../ir/message.ts'
import type { Downstream } from '../../downstream.ts'
import type { LogRecord } from '../../evidence.ts'

/** What the operators of a header value may speak of. */
export interface Subject {
  readonly request: HttpRequest
  /** Of the token that the proxy has verified. */
  readonly claims?: Claims | undefined
  /** What filters have kept. */
  readonly state?: ReadonlyMap<string, string> | null
  /** `null` while there is no answer. */
  readonly responseHeaders: Headers | null
  /** That the answer has; 0 while there is none. */
  readonly answerStatus: number
  /** That a workload has answered with: of an answer of the proxy's own it is written later. */
  readonly responseStatus: number
  readonly log: LogRecord
  readonly client: Pick<Downstream, 'remoteAddress' | 'connectionAddress' | 'localAddress'>
  /** `null`: the client speaks plain text. */
  readonly clientTls: { readonly serverName: string; readonly names: readonly string[] } | null
  /** Of the last try; `null` before the first. */
  readonly upstream: UpstreamSubject | null
  readonly ownAddress: string
  readonly hostname: string
  readonly now: number
  /** Takes what cannot be told: the request has no outcome then. */
  readonly fail: (error: unknown) => void
}

export interface UpstreamSubject {
  /** `null`: no connection came about. */
  readonly protocol: 'HTTP/1.1' | 'HTTP/2' | null
  readonly overTls: boolean
  /** By which the proxy knows the endpoint; `null`: it is one of DNS or of the client's own choice. */
  readonly hostName: string | null
  /** Why none came about. */
  readonly failure: string
  /** An answer of the workload's own has come. */
  readonly hasAnswered: boolean
}
