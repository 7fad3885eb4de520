import type { EvidenceBook } from '../verdicts/evidence-book.ts'
import { StatementFailed } from '../verdicts/failure.ts'
import { LoadInProgress } from './load-in-progress.ts'
import { assertHttp, protocolOfVersion } from '../sentences/request-line.ts'
import type { RequestLine } from '../sentences/request-line.ts'
import type { ScenarioCertificates } from '../config/scenario-certificates.ts'
import { cookieOf, loginCall } from './sign-in.ts'
import type { StepOptions } from '../sentences/step-options.ts'
import { grpcCall, webSocketCall } from './stream-call.ts'
import type { Call, Load, MeshSession, Sender } from '../targets/target.ts'
import type { Run } from '../runs/run.ts'

/** `headers` of which one may be sent several times. */
export interface Message {
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
  /** Name in the certificate that the client shows. */
  readonly certificate?: string
}

const once: Load = { times: 1, concurrency: 1 }

/** What sending needs of the scenario. */
interface Parts {
  readonly run: Run
  readonly evidence: EvidenceBook
  readonly certificates: ScenarioCertificates
  /** @throws when the scenario is not in a state to send anything */
  session(): Promise<MeshSession>
}

/** What a scenario sends. */
export class Traffic {
  readonly #parts: Parts
  /** Of the last `When` that sent something. */
  #load: LoadInProgress | null = null
  #testsBefore = 0
  readonly #cookies = new Map<string, string>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Of the last `When` that sent something; `null` before the first. */
  get load(): LoadInProgress | null {
    return this.#load
  }

  /** Sends as often as the load says; what came of it is what the next `Then` looks at. */
  async send(from: Sender, { method, target, version }: RequestLine, message: Message = {}, load: Load = once): Promise<void> {
    const { headers = {}, body = '', certificate } = message
    const tls = this.#parts.certificates.client(certificate === undefined ? null : await this.#parts.certificates.ofClient(certificate))
    assertHttp(target)
    const secure = target.startsWith('https:')
    const protocol = version ? protocolOfVersion[version] : null
    await this.#sendCall({ from, method, target, headers, body, ...(secure && { tls }), ...(protocol && { protocol }) }, load)
  }

  /** @param target `grpc://shop:7070/shop.Stock/Get`, or at the gateway a path */
  async callGrpc(from: Sender, target: string, messages: readonly string[], headers: Message['headers'] = {}, times = 1): Promise<void> {
    await this.#openStream(from, grpcCall(target), messages, headers, times)
  }

  /** Says all messages, and closes it when they are answered. @param target `ws://shop/chat`, or at the gateway a path */
  async openWebSocket(from: Sender, target: string, messages: readonly string[], headers: Message['headers'] = {}): Promise<void> {
    await this.#openStream(from, webSocketCall(target), messages, headers, 1)
  }

  async #openStream(
    from: Sender,
    opened: ReturnType<typeof grpcCall>,
    messages: readonly string[],
    headers: NonNullable<Message['headers']>,
    times: number,
  ): Promise<void> {
    const tls = opened.target.startsWith('https:') ? { tls: this.#parts.certificates.client(null) } : {}
    await this.#sendCall({ from, ...opened, headers: { ...opened.headers, ...headers }, body: '', messages, ...tls }, { times, concurrency: 1 })
  }

  /** A line over a connection of its own, or in a datagram. @param url `tcp://db:5432`, `udp://dns:53` */
  async sendBytes(from: Sender, url: string, line: string, times = 1): Promise<void> {
    const method = url.slice(0, url.indexOf(':')).toUpperCase()
    await this.#sendCall({ from, method, target: url, headers: {}, body: `${line}\n` }, { times, concurrency: 1 })
  }

  /** As a person with a browser: signs in first, and keeps the cookie. @param user `null` for nobody */
  async openPage(user: string | null, path: string, times = 1): Promise<void> {
    const headers = user === null ? {} : { cookie: this.#cookies.get(user) ?? (await this.#signIn(user)) }
    await this.send({ kind: 'client' }, { method: 'GET', target: path }, { headers }, { times, concurrency: 1 })
  }

  /** Sends what the last `When` has not sent yet, before a step that needs it. @returns null when there is nothing to do */
  settle(options: StepOptions | undefined): Promise<void> | null {
    const load = this.#load
    if (load === null || load.left === 0 || options?.unsent === 'taken-as-needed') return null
    if (options?.unsent !== 'dropped-if-decided' || this.#parts.evidence.tests.length === this.#testsBefore) return load.complete()
    load.close()
    return null
  }

  async #sendCall(call: Call, load: Load): Promise<void> {
    if (load.times < 1 || load.concurrency < 1) throw new StatementFailed(`${load.times} times, ${load.concurrency} at once: this sends nothing`)
    const { evidence, run } = this.#parts
    const session = await this.#parts.session()
    this.#load = new LoadInProgress(session, call, load, evidence, run.budget)
    this.#testsBefore = evidence.tests.length
    const atOnce = run.target.clock === 'virtual' ? load.times : load.concurrency > 1 ? 0 : 1
    await this.#load.sendAll(Math.min(atOnce, load.times))
  }

  async #signIn(user: string): Promise<string> {
    const cookie = cookieOf(await (await this.#parts.session()).send(loginCall(user)), user)
    this.#cookies.set(user, cookie)
    return cookie
  }
}
