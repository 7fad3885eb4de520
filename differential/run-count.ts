import type { Observation } from '../vectors/mesh-observed/case.ts'
import { KindCounts } from './kinds.ts'
import type { Judgement } from './referee.ts'

/** What a run has come to. */
export class RunCount {
  readonly #seed: string
  readonly #startMs = performance.now()
  readonly #kinds = new KindCounts()
  readonly #subjects = new Map<string, number>()
  #seconds = 0
  #meshes = 0
  #calls = 0
  #refused = 0
  readonly #explained = new Map<string, number>()
  #skipped = 0
  unsteady = 0
  differing = 0

  constructor(seed: string) {
    this.#seed = seed
  }

  add({ mesh, refused, explained, skipped, unsteady, observed }: Judgement): void {
    if (skipped !== null) return void this.#skipped++
    this.#meshes++
    const [, subject = mesh.name] = /^(.+)-[^-]+-\d+$/.exec(mesh.name) ?? []
    this.#subjects.set(subject, (this.#subjects.get(subject) ?? 0) + 1)
    for (const [reason, fields] of explained) this.#explained.set(reason, (this.#explained.get(reason) ?? 0) + fields)
    if (unsteady.length > 0) this.unsteady++
    if (refused) return void this.#refused++
    if (observed.some(isRefusal)) return
    this.#calls += mesh.calls.reduce((sum, { times = 1 }) => sum + times, 0)
    this.#kinds.add(mesh, observed as readonly Observation[])
  }

  /** All is judged; what differs is only to be shrunk. */
  end(): void {
    this.#seconds = (performance.now() - this.#startMs) / 1000
  }

  lines(): readonly string[] {
    const further = [
      this.#refused > 0 && `${this.#refused} refused by both`,
      this.#explained.size > 0 && `${[...this.#explained.values()].reduce((sum, fields) => sum + fields, 0)} known differences`,
      this.unsteady > 0 && `${this.unsteady} not seen again`,
      this.#skipped > 0 && `${this.#skipped} not run`,
    ].filter((part) => part !== false)
    const rate = `${this.#seconds.toFixed(1)} s, ${Math.round(this.#calls / this.#seconds)} requests/s`
    const rest = further.length > 0 ? ` (${further.join(', ')})` : ''
    const about = [...this.#subjects].sort(([, a], [, b]) => b - a).map(([subject, count]) => `${subject} ${count}`)
    return [
      `about: ${about.join(', ')}`,
      ...[...this.#explained].map(([reason, fields]) => `known, ${fields} ${fields === 1 ? 'time' : 'times'}: ${reason}`),
      `of the calls: ${this.#kinds.toString()}`,
      `seed ${this.#seed}: ${this.#meshes} meshes, ${this.#calls} requests in ${rate}, ${this.differing} meshes differ${rest}`,
    ]
  }
}

/** In place of answers: the other side has refused what mesh-core takes. */
function isRefusal(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'rejected' in answer
}
