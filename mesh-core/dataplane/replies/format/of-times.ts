import { formatTime } from './time-pattern.ts'
import type { Operator } from './format.ts'
import { nothing } from './of-connections.ts'
import type { Subject } from './subject.ts'

const started = (subject: Subject): number => subject.log.startMs
const now = (subject: Subject): number => subject.now

/** Source: Envoy `stream_info_formatter.cc`. */
export const ofTimes = {
  START_TIME: time(started, '%Y-%m-%dT%H:%M:%E3SZ'),
  START_TIME_LOCAL: time(started, '%Y-%m-%dT%H:%M:%E3S%z'),
  EMIT_TIME: time(now, '%Y-%m-%dT%H:%M:%E3SZ'),
  EMIT_TIME_LOCAL: time(now, '%Y-%m-%dT%H:%M:%E3S%z'),
  DURATION: () => (subject) => String(Math.floor(subject.now - subject.log.startMs)),
  RESPONSE_DURATION: () => (subject) => (subject.upstream?.hasAnswered ? String(Math.floor(subject.now - subject.log.startMs)) : ''),
  // The last byte of the answer is not sent when its headers are written.
  RESPONSE_TX_DURATION: nothing,
} satisfies Readonly<Record<string, Operator>>

function time(of: (subject: Subject) => number, byDefault: string): Operator {
  return (argument) => {
    const format = formatTime(argument || byDefault)
    return format && ((subject) => format(of(subject)))
  }
}
