import { Headers } from '../mesh-core/ir/message.ts'
import type { HttpRequest, HttpResponse } from '../mesh-core/ir/message.ts'
import { CallError } from '../mesh-core/ir/program.ts'
import type { PodInfo, ServiceContext } from '../mesh-core/ir/program.ts'
import { answerJson } from './answer.ts'

/** What a service is to be told when it calls: an answer, why there is none, or how many ms it takes to answer 200. */
export type Script = (request: HttpRequest, call: number) => HttpResponse | CallError['reason'] | number

/** For tests of programs: time passes only while the program waits, and every call is answered by the script. */
export class ScriptedContext implements ServiceContext {
  readonly pod: PodInfo
  /** As they were sent. */
  readonly calls: HttpRequest[] = []
  readonly #script: Script
  readonly #draws: number[]
  #nowMs = 0

  constructor(script: Script = () => 'refused', options: { readonly pod?: Partial<PodInfo>; readonly draws?: readonly number[] } = {}) {
    this.#script = script
    this.#draws = [...(options.draws ?? [])]
    this.pod = { name: 'pod-0', namespace: 'default', app: 'app', version: 'v1', env: {}, ...options.pod }
  }

  now(): number {
    return this.#nowMs
  }

  async sleep(ms: number): Promise<void> {
    this.#nowMs += ms
  }

  random(): number {
    const draw = this.#draws.shift()
    if (draw === undefined) throw new Error('the script has no more draws')
    return draw
  }

  async call(request: HttpRequest, { timeoutMs }: { readonly timeoutMs: number }): Promise<HttpResponse> {
    this.calls.push({ ...request, headers: request.headers.copy() })
    const said = this.#script(request, this.calls.length)
    const delayMs = said === 'timeout' ? Infinity : typeof said === 'number' ? said : 0
    this.#nowMs += Math.min(delayMs, timeoutMs)
    if (delayMs >= timeoutMs) throw new CallError('timeout')
    if (typeof said === 'string') throw new CallError(said)
    return typeof said === 'number' ? answerJson(200, '{}') : said
  }
}

export function getRequest(path: string, headers: Readonly<Record<string, string | readonly string[]>> = {}): HttpRequest {
  return { method: 'GET', scheme: 'http', authority: 'test', path, headers: Headers.of(headers), body: '' }
}
