import { createSocket } from 'node:dgram'
import type { RemoteInfo, Socket } from 'node:dgram'
import { getServers } from 'node:dns'
import { AUTHORITATIVE_ANSWER, decode, encode, RECURSION_AVAILABLE, RECURSION_DESIRED } from 'dns-packet'
import type { Answer, DecodedPacket, Question } from 'dns-packet'

/** ms. Whoever asks asks again after some seconds. */
const patienceMs = 5000
/** s. A later scenario may be about the same name. */
const ttl = 1

/**
 * The DNS of a run's pods: names outside of the cluster that the run brings servers for lead to this pod; everything else is asked of the cluster's DNS.
 * Over UDP; answers are small. Source: RFC 1035.
 */
export class NameServer {
  readonly #address: string
  readonly #upstream: Upstream
  #names: readonly string[] = []
  #socket: Socket | null = null

  /** @param address IPv4, of this pod. @param servers `10.96.0.10` or `10.96.0.10:5353`: those asked otherwise; default: the system's */
  constructor(address: string, servers: readonly string[] = getServers()) {
    this.#address = address
    this.#upstream = upstreamOf(servers)
  }

  /** From now on these are known, and no others. `*.example.com`: every name below. */
  know(names: readonly string[]): void {
    this.#names = names.map((name) => name.toLowerCase())
  }

  /** @returns the port. @throws the error of `bind`, e.g. `EACCES` */
  async listen(port: number): Promise<number> {
    const socket = createSocket('udp4')
    this.#socket = socket
    socket.on('message', (message, from) => this.#take(message, from))
    await new Promise<void>((resolve, reject) => socket.once('error', reject).bind(port, resolve))
    return socket.address().port
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => (this.#socket ? this.#socket.close(() => resolve()) : resolve()))
  }

  #take(message: Buffer, from: RemoteInfo): void {
    const query = decoded(message)
    if (!query) return
    const reply = (bytes: Buffer): void => void this.#socket?.send(bytes, from.port, from.address)
    const own = this.#answerTo(query)
    if (own) reply(own)
    else relay(message, this.#upstream, (bytes) => reply(this.#led(query, bytes) ?? bytes))
  }

  /**
   * A name of the cluster may be another name of one that leads here: that of a Service of type ExternalName.
   * @returns `null` for an answer that stays as it is
   */
  #led(query: DecodedPacket, bytes: Buffer): Buffer | null {
    const aliases = (decoded(bytes)?.answers ?? []).filter(isAlias)
    const last = aliases.findIndex(({ data }) => this.#isKnown(data.toLowerCase()))
    const [question] = query.questions ?? []
    if (last < 0 || !question) return null
    const { data: name } = aliases[last]!
    return this.#answer(query, question, [...aliases.slice(0, last + 1), ...this.#addressFor({ name, type: question.type })])
  }

  /** @returns `null` for what somebody else is to answer */
  #answerTo(query: DecodedPacket): Buffer | null {
    const [question] = query.questions ?? []
    if (!question || !this.#isKnown(question.name.toLowerCase())) return null
    return this.#answer(query, question, this.#addressFor(question))
  }

  #answer({ id }: DecodedPacket, question: Question, answers: Answer[]): Buffer {
    const flags = AUTHORITATIVE_ANSWER | RECURSION_DESIRED | RECURSION_AVAILABLE
    return encode({ type: 'response', id, flags, questions: [question], answers })
  }

  #addressFor({ name, type }: Pick<Question, 'name' | 'type'>): Answer[] {
    return type === 'A' ? [{ type, name, ttl, data: this.#address }] : []
  }

  #isKnown(name: string): boolean {
    return this.#names.some((known) => known === name || (known.startsWith('*.') && name.endsWith(known.slice(1))))
  }
}

type Alias = Answer & { readonly type: 'CNAME'; readonly data: string }

function isAlias(answer: Answer): answer is Alias {
  return answer.type === 'CNAME'
}

interface Upstream {
  readonly host: string
  readonly port: number
}

function upstreamOf([first = '']: readonly string[]): Upstream {
  const [, bracketed, rest = ''] = /^\[([^\]]+)\](.*)$/.exec(first) ?? []
  const [host = '', port = '53'] = bracketed === undefined ? first.split(/:(?=\d+$)/) : [bracketed, rest.slice(1) || '53']
  return { host, port: Number(port) }
}

/** Each question over a socket of its own: its answer is whatever comes back on that. */
function relay(message: Buffer, { host, port }: Upstream, reply: (bytes: Buffer) => void): void {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  const timer = setTimeout(() => socket.close(), patienceMs)
  const end = (): void => {
    clearTimeout(timer)
    socket.close()
  }
  socket.once('message', (bytes) => {
    end()
    reply(bytes)
  })
  socket.once('error', end)
  socket.send(message, port, host)
}

/** @returns `null` for what is no message of DNS */
function decoded(message: Buffer): DecodedPacket | null {
  try {
    return decode(message)
  } catch {
    return null
  }
}
