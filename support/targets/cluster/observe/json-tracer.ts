import type { JsonSource } from './json-source.ts'
import type { Sought, Span, TraceSource } from './span.ts'

/** ms that clocks of the cluster may differ from ours. */
export const skewMs = 60_000

/** A tracer that is asked by an API in JSON. */
export abstract class JsonTracer implements TraceSource {
  abstract readonly phrase: string
  protected readonly source: JsonSource

  constructor(source: JsonSource) {
    this.source = source
  }

  get name(): string {
    return this.source.name
  }

  abstract probe(): Promise<void>

  abstract find(sought: Sought): Promise<readonly Span[]>
}
