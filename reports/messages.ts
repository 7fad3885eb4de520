import type { Envelope } from '@cucumber/messages'
import { verdictMediaType, type VerdictRecord } from '../support/verdicts/verdict.ts'
import type { Formatter } from './formatter.ts'
import { HiddenFeatures } from './hidden-features.ts'
import { inOrder } from './in-order.ts'
import { RunHooks } from './run-hooks.ts'

interface Timestamp {
  seconds: number
  nanos: number
}

/**
 * Cucumber's messages with everything left out that differs between two runs of the same seed: ids are numbered in the order in
 * which they occur, times are the mesh's own (the virtual ms that the scenarios before took), and neither the machine is named nor which process ran what.
 */
export class Normaliser {
  readonly #ids = new Map<string, string>()
  readonly #cwd: string
  #virtualMs = 0
  #pendingMs = 0

  constructor(cwd: string) {
    this.#cwd = cwd
  }

  /** @returns one line of NDJSON without its line end */
  line(envelope: Envelope): string {
    if (envelope.meta)
      return JSON.stringify({
        meta: { ...envelope.meta, runtime: { name: 'node.js', version: '' }, os: { name: '' }, cpu: { name: '' }, ci: undefined },
      })
    this.#noteTime(envelope)
    const line = JSON.stringify(envelope, (key, value: unknown) => this.#replace(key, value))
    if (envelope.testCaseFinished) this.#virtualMs += this.#pendingMs
    return line
  }

  #noteTime({ testCaseStarted, attachment }: Envelope): void {
    if (testCaseStarted) this.#pendingMs = 0
    if (attachment?.mediaType === verdictMediaType && attachment.contentEncoding === 'IDENTITY')
      this.#pendingMs = (JSON.parse(attachment.body) as VerdictRecord).virtualMs ?? 0
  }

  #replace(key: string, value: unknown): unknown {
    if (key === 'timestamp') return this.#now()
    if (key === 'duration') return { seconds: 0, nanos: 0 }
    if (key === 'stackTrace' || key === 'workerId') return undefined
    if (typeof value === 'string') return this.#replaceText(key, value)
    return Array.isArray(value) && key.endsWith('Ids') ? value.map((id: string) => this.#id(id)) : value
  }

  #replaceText(key: string, value: string): string {
    if (key === 'id' || key.endsWith('Id')) return this.#id(value)
    return value.includes(this.#cwd) ? value.replaceAll(`file://${this.#cwd}/`, '').replaceAll(`${this.#cwd}/`, '') : value
  }

  #id(id: string): string {
    let number = this.#ids.get(id)
    if (number === undefined) this.#ids.set(id, (number = `${this.#ids.size}`))
    return number
  }

  #now(): Timestamp {
    const whole = Math.floor(this.#virtualMs / 1000)
    return { seconds: whole, nanos: Math.round((this.#virtualMs - whole * 1000) * 1e6) }
  }
}

/** Of a live mesh values of headers and tokens are told to nobody, unless that is asked for: each scenario's verdict says so, and the first one is waited for. */
class Telling {
  readonly #tell: (envelope: Envelope) => void
  readonly #features = new HiddenFeatures()
  #held: Envelope[] | null = []
  #hides = true

  constructor(tell: (envelope: Envelope) => void) {
    this.#tell = tell
  }

  take(envelope: Envelope): void {
    if (this.#held === null) return this.#give(envelope)
    this.#held.push(envelope)
    const hides = hidesValues(envelope)
    if (hides === null && !envelope.testRunFinished) return
    // Where nobody has said it, nothing is told.
    this.#hides = hides ?? true
    const held = this.#held
    this.#held = null
    for (const one of held) this.#give(one)
  }

  #give(envelope: Envelope): void {
    for (const one of this.#hides ? this.#features.take(envelope) : [envelope]) this.#tell(one)
  }
}

function hidesValues({ attachment }: Envelope): boolean | null {
  const isVerdict = attachment?.mediaType === verdictMediaType && attachment.contentEncoding === 'IDENTITY'
  return isVerdict ? (JSON.parse(attachment.body) as VerdictRecord).hidesValues : null
}

const messages: Formatter = {
  type: 'formatter',
  formatter({ on, write }) {
    const normaliser = new Normaliser(process.cwd())
    const telling = new Telling((envelope) => write(`${normaliser.line(envelope)}\n`))
    const hooks = new RunHooks()
    on(
      'message',
      inOrder((envelope) => hooks.take(envelope).forEach((one) => telling.take(one))),
    )
  },
}
export default messages
