import { Headers, isBytes } from '../../mesh-core/ir/message.ts'
import type { HttpRequest, HttpResponse } from '../../mesh-core/ir/message.ts'
import type { PodInfo, Program } from '../../mesh-core/ir/program.ts'
import { answerStream } from './streams.ts'

/** What an echo service answers: who it is, and the request as it arrived. */
export interface EchoAnswer {
  readonly service: string
  readonly workload: string
  readonly version: string
  readonly pod: string
  readonly namespace: string
  readonly method: string
  /** With its query string. */
  readonly path: string
  readonly authority: string
  /** Lower-case names; a list where a header was sent several times. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string
}

/**
 * An echo service. The query string changes its answer: `?status=503`, `?delay=2s` (`500ms`; a bare number is in seconds).
 * Over TCP and UDP it answers each line with its own name before it: `shop-v1 hello`; so it does with the texts of WebSockets and of gRPC calls.
 * @param workload the name of its Deployment; by default `<app>-<version>`
 */
export function createEcho(workload?: string): Program {
  return (request, context) => {
    if (isBytes(request.protocol)) return { status: 0, headers: new Headers(), body: `${workload ?? nameOf(context.pod)} ${request.body}` }
    const query = queryOf(request.path)
    const response =
      answerStream(request, workload ?? nameOf(context.pod)) ?? answer(Number(query?.get('status') ?? 200), describe(request, context.pod, workload))
    const delayMs = query?.has('delay') ? parseDelay(query.get('delay')!) : 0
    return delayMs > 0 ? context.sleep(delayMs).then(() => response) : response
  }
}

function answer(status: number, echo: EchoAnswer): HttpResponse {
  const isStatus = Number.isInteger(status) && status >= 200 && status <= 599
  return { status: isStatus ? status : 400, headers: new Headers(['content-type', 'application/json']), body: JSON.stringify(echo) }
}

function describe(request: HttpRequest, pod: PodInfo, workload: string | undefined): EchoAnswer {
  const { method, path, authority, body } = request
  const { app, version, name, namespace } = pod
  return {
    service: app,
    workload: workload ?? nameOf(pod),
    version,
    pod: name,
    namespace,
    method,
    path,
    authority,
    headers: plainHeaders(request.headers),
    body,
  }
}

function nameOf({ app, version }: PodInfo): string {
  return version === '' ? app : `${app}-${version}`
}

function plainHeaders(headers: Headers): Record<string, string | string[]> {
  const plain: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>
  const { fields } = headers
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!
    const value = fields[i + 1]!
    const before = plain[name]
    plain[name] = before === undefined ? value : [before, value].flat()
  }
  return plain
}

function queryOf(target: string): URLSearchParams | null {
  const query = target.indexOf('?')
  return query < 0 ? null : new URLSearchParams(target.slice(query + 1))
}

/** @returns ms; 0 for what is not a time */
function parseDelay(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s)?$/.exec(text) ?? []
  return number === undefined ? 0 : Number(number) * (unit === 'ms' ? 1 : 1000)
}
