import type { KeptValue, RouteFilters, StateFilter } from '../../ir/inserted-filter.ts'
import type { HttpRequest } from '../../ir/message.ts'
import type { LogRecord } from '../evidence.ts'
import type { Subject } from '../replies/format/subject.ts'
import { fillText } from '../replies/reply-format.ts'

/** What filters have kept of a request, by its key, for those behind them and for values of headers. */
export type FilterState = Map<string, string>

export interface KeepingStream {
  readonly request: HttpRequest
  readonly log: LogRecord
  /** `null`: nothing is kept. */
  state: FilterState | null
  subject(responseHeaders: null, answerStatus: 0): Subject
}

/** Its own values first, then those of the table, the host and the route. Source: Envoy `set_filter_state/set_filter_state.cc` decodeHeaders. */
export function keepState(filter: StateFilter, levels: readonly RouteFilters[], stream: KeepingStream): null {
  const told = levels.map((level) => level[filter.name]).filter((own) => own?.kind === 'state')
  for (const { values } of [filter, ...told.toReversed()]) for (const value of values) keep(value, stream)
  return null
}

function keep({ key, format, omitsMissing, skipsEmpty }: KeptValue, stream: KeepingStream): void {
  const { request, log } = stream
  const subject = { request, status: 0, body: '', flags: log.flags, details: '-', subject: () => stream.subject(null, 0) }
  const text = fillText(format, subject, omitsMissing ? '' : '-')
  if (text === '' && skipsEmpty) return
  stream.state ??= new Map()
  stream.state.set(key, text)
}
