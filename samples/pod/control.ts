import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Program } from '../../mesh-core/ir/program.ts'
import type { ApplicationTls, KeyPair } from '../../mesh-core/ir/tls.ts'
import { countdown, withBehaviour } from '../echo/behaviour.ts'
import type { Countdown, ServiceBehaviour } from '../echo/behaviour.ts'
import type { Host } from '../host/host.ts'
import { readBody } from '../host/wire.ts'
import type { PodCertificates } from './certificates.ts'
import { PodDocuments } from './documents.ts'
import type { NameServer } from './name-server.ts'
import type { PodRecords } from './recorded.ts'

/** The port on which a pod of ours is told how to behave, and asked what it has received. Not the mesh's: no Service names it. */
export const controlPort = 15999

/** What the pod shows to whom begins TLS, in the place of certificates of its own. `clientAuthority`: PEM of the one that clients' have to come from. */
export interface StatedCertificate {
  readonly pair: KeyPair
  readonly clientAuthority: string | null
}

/** Pods of one service count their calls together. */
export interface StatedBehaviour extends ServiceBehaviour {
  /** Address of the pod that counts for them all, its port where that is another than `controlPort`; absent: the pod counts by itself. */
  readonly counter?: string
}

/** A pod's program, which a test may make slow, failing or not ready. */
export class ControlledPod {
  readonly #program: Program
  readonly #records: PodRecords
  readonly #certificates: PodCertificates
  readonly #names: NameServer | null
  readonly #documents = new PodDocuments()
  #stated: StatedBehaviour = {}
  #isNext: Countdown = countdown()
  #current: Program
  #certificate: StatedCertificate | null = null
  #isReady = true

  /** @param names of the pod that stands for what is outside of the cluster */
  constructor(program: Program, records: PodRecords, certificates: PodCertificates, names: NameServer | null = null) {
    this.#program = program
    this.#current = program
    this.#records = records
    this.#certificates = certificates
    this.#names = names
  }

  /** Looked up at each request, since a behaviour may be stated at any time. */
  readonly program: Program = (request, context) => this.#documents.answer(request) ?? this.#current(request, context)

  /** What is expected of connections to a port, now. */
  tls(accepts: ApplicationTls['accepts']): ApplicationTls {
    return { accepts, certificate: this.#certificate?.pair ?? 'any', clientAuthorities: this.#certificate?.clientAuthority ?? null }
  }

  /** @throws the error of `listen`, e.g. `EADDRINUSE` */
  async listen(port: number): Promise<Host> {
    const server = createServer((message, out) => void this.#answer(message, out))
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, resolve))
    return { port: (server.address() as AddressInfo).port, close: () => new Promise((resolve) => server.close(() => resolve())) }
  }

  async #answer(message: IncomingMessage, out: ServerResponse): Promise<void> {
    const given = await readBody(message)
    const { status, body } = await this.#act(`${message.method} ${message.url}`, given)
    out.writeHead(status, { 'content-type': 'application/json' }).end(body)
  }

  async #act(what: string, given: string): Promise<{ readonly status: number; readonly body: string }> {
    switch (what) {
      case 'GET /ready':
        return { status: this.#isReady ? 200 : 503, body: '' }
      case 'PUT /ready':
        this.#isReady = given === 'true'
        return done
      // The last statement about the same thing counts, beside those about others.
      case 'PATCH /behaviour':
        this.#stated = stated(this.#stated, JSON.parse(given) as StatedBehaviour)
        this.#isNext = this.#stated.counter === undefined ? countdown(this.#stated.first) : countdownAt(this.#stated.counter)
        this.#current = withBehaviour(this.#program, this.#stated, this.#isNext)
        return done
      case 'POST /next':
        return { status: 200, body: String(await this.#isNext()) }
      case 'PUT /certificate':
        this.#certificate = JSON.parse(given) as StatedCertificate
        return done
      case 'GET /authority':
        return { status: 200, body: await this.#certificates.authority() }
      case 'PUT /names':
        this.#names?.know(JSON.parse(given) as string[])
        return { ...done, status: this.#names ? 200 : 404 }
      case 'PUT /documents':
        this.#documents.give(JSON.parse(given) as Record<string, string>)
        return done
      case 'GET /documents':
        return { status: 200, body: JSON.stringify(this.#documents.fetched) }
      case 'GET /resolver':
        return { status: 200, body: readFileSync('/etc/resolv.conf', 'utf8') }
      case 'POST /reset':
        // Names stay until others are told: a proxy that looks one up while its scenario ends would not look again for a minute.
        this.#documents.forget()
        this.#stated = {}
        this.#isNext = countdown()
        this.#current = this.#program
        this.#isReady = true
        this.#certificate = null
        this.#records.forget()
        return done
      case 'GET /sequence':
        return { status: 200, body: String(this.#records.next) }
      case 'POST /unnamed':
        return { status: 200, body: JSON.stringify(this.#records.unnamed(Number(given))) }
      case 'POST /records':
        return { status: 200, body: JSON.stringify(this.#records.find(JSON.parse(given) as string[])) }
      default:
        return { status: 404, body: '' }
    }
  }
}

const done = { status: 200, body: '' }

/** With other answers it is stated anew how many there are of them. */
function stated({ first, counter, ...before }: StatedBehaviour, given: StatedBehaviour): StatedBehaviour {
  const isAnew = given.status !== undefined || given.grpcStatus !== undefined
  return { ...before, ...(!isAnew && { first, counter }), ...given }
}

/** One that another pod counts down. @param address `10.244.0.7`. Where nobody counts, no call is answered otherwise. */
function countdownAt(address: string): Countdown {
  const at = address.includes(':') ? address : `${address}:${controlPort}`
  return async () => {
    const answer = await fetch(`http://${at}/next`, { method: 'POST' }).catch(() => null)
    return (await answer?.text()) === 'true'
  }
}
