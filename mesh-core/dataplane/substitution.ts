import { MeshSpecError } from '../config/errors.ts'
import type { HttpRequest } from '../ir/message.ts'
import type { Headers } from '../ir/message.ts'
import type { Downstream } from './downstream.ts'
import type { LogRecord } from './evidence.ts'

/** What the operators of a header value may speak of. */
export interface Subject {
  readonly request: HttpRequest
  /** `null` while there is no answer. */
  readonly responseHeaders: Headers | null
  readonly responseStatus: number
  readonly log: LogRecord
  readonly client: Pick<Downstream, 'remoteAddress' | 'connectionAddress' | 'localAddress'>
  readonly hostname: string
  readonly now: number
}

export type Format = (subject: Subject) => string

/** @returns what fills a header value such as `a-%REQ(X-FROM)%-b` in; a value that is not there is the empty text. Source: Envoy `HeaderParser`. */
export function compileFormat(text: string): Format {
  if (!text.includes('%')) return () => text
  const parts = splitFormat(text)
  return (subject) => {
    let filled = ''
    for (const part of parts) filled += typeof part === 'string' ? part : part(subject)
    return filled
  }
}

function splitFormat(text: string): (string | Format)[] {
  const parts: (string | Format)[] = []
  const pattern = /%%|%([A-Z_0-9]+)(?:\(([^)]*)\))?(?::(\d+))?%/g
  let end = 0
  for (const found of text.matchAll(pattern)) {
    if (found.index > end) parts.push(text.slice(end, found.index))
    parts.push(found[1] === undefined ? '%' : compileOperator(found[1], found[2] ?? '', found[3]))
    end = found.index + found[0].length
  }
  if (end < text.length) parts.push(text.slice(end))
  return parts
}

function compileOperator(name: string, argument: string, length: string | undefined): Format {
  const operator = name === 'REQ' ? requestHeader(argument) : name === 'RESP' ? responseHeader(argument) : operators[name]
  if (!operator) throw unknownOperator(name)
  const limit = length === undefined ? Infinity : Number(length)
  return (subject) => operator(subject).slice(0, limit)
}

const operators: Readonly<Record<string, Format>> = {
  PROTOCOL: () => 'HTTP/1.1',
  RESPONSE_CODE: (subject) => String(subject.responseStatus),
  RESPONSE_CODE_DETAILS: (subject) => subject.log.details,
  RESPONSE_FLAGS: (subject) => subject.log.flags,
  ROUTE_NAME: (subject) => (subject.log.route === '-' ? '' : subject.log.route),
  // istiod names clusters by `alt_stat_name`, which it ends in a semicolon.
  UPSTREAM_CLUSTER: (subject) => (subject.log.cluster.includes('|') ? `${subject.log.cluster};` : subject.log.cluster.replace(/^-$/, '')),
  UPSTREAM_HOST: (subject) => subject.log.upstreamHost.replace(/^-$/, ''),
  UPSTREAM_REMOTE_ADDRESS: (subject) => subject.log.upstreamHost.replace(/^-$/, ''),
  UPSTREAM_REQUEST_ATTEMPT_COUNT: (subject) => String(subject.log.attempts),
  START_TIME: (subject) => new Date(subject.log.startMs).toISOString(),
  DURATION: (subject) => String(Math.floor(subject.now - subject.log.startMs)),
  HOSTNAME: (subject) => subject.hostname,
  DOWNSTREAM_REMOTE_ADDRESS: (subject) => endpoint(subject.client.remoteAddress, clientPortOf(subject)),
  DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: (subject) => subject.client.remoteAddress,
  DOWNSTREAM_REMOTE_PORT: (subject) => String(clientPortOf(subject)),
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS: (subject) => endpoint(subject.client.connectionAddress, clientPort),
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT: (subject) => subject.client.connectionAddress,
  DOWNSTREAM_LOCAL_ADDRESS: (subject) => subject.client.localAddress,
  DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT: (subject) => subject.client.localAddress.replace(/:\d+$/, ''),
  DOWNSTREAM_LOCAL_PORT: (subject) => subject.client.localAddress.replace(/^.*:/, ''),
}

/** Simulated clients have no port of their own: the first of Linux' ephemeral ports stands for all. */
const clientPort = 32768

/** Proxies before this one tell no ports. */
function clientPortOf({ client: { remoteAddress, connectionAddress } }: Subject): number {
  return remoteAddress === connectionAddress ? clientPort : 0
}

function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** `X?Y`: the second where the first is missing. */
function requestHeader(argument: string): Format {
  const names = argument.toLowerCase().split('?')
  return ({ request }) => {
    for (const name of names) {
      const value = valueOf(request, name)
      if (value !== undefined) return value
    }
    return ''
  }
}

function responseHeader(argument: string): Format {
  const names = argument.toLowerCase().split('?')
  return ({ responseHeaders }) => {
    for (const name of names) {
      const value = responseHeaders?.get(name)
      if (value !== undefined) return value
    }
    return ''
  }
}

function valueOf(request: HttpRequest, name: string): string | undefined {
  switch (name) {
    case ':path':
      return request.path
    case ':method':
      return request.method
    case ':scheme':
      return request.scheme
    case ':authority':
    case 'host':
      return request.authority
    default:
      return request.headers.get(name)
  }
}

function unknownOperator(name: string): MeshSpecError {
  const problem = `the operator %${name}% of a header value is not modelled`
  return new MeshSpecError({ code: 'INVALID_VALUE', origin: null, place: null, problem, hint: `use one of ${Object.keys(operators).join(', ')}` })
}
