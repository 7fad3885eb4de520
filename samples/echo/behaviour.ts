import { Headers } from '../../mesh-core/ir/message.ts'
import type { HttpResponse } from '../../mesh-core/ir/message.ts'
import { CallError } from '../../mesh-core/ir/program.ts'
import type { Program, ServiceContext } from '../../mesh-core/ir/program.ts'
import { endGrpc, isGrpc } from './streams.ts'

/** How a service departs from what it does by itself. */
export interface ServiceBehaviour {
  /** Answers this status in place of what it would say. */
  readonly status?: number
  /** Ends gRPC calls with this status; other requests go on to the service. */
  readonly grpcStatus?: number
  /** Answers `status`, `grpcStatus`, `reset` or `refuse` apply to only so many calls; then it is well. Default: all. */
  readonly first?: number
  /** Every answer takes so many ms. */
  readonly delayMs?: number
  /** Added to every answer; replaces what the service says under these names. */
  readonly headers?: Readonly<Record<string, string>>
  /** In place of the body. */
  readonly body?: string
  /** Closes the connection without an answer. */
  readonly reset?: boolean
  /** As if nobody listened. */
  readonly refuse?: boolean
}

/** Is the next call one of those that are answered otherwise? Counts it. */
export type Countdown = () => boolean | Promise<boolean>

/** @param first calls that are; default: all */
export function countdown(first = Infinity): () => boolean {
  let left = first
  return () => left-- > 0
}

/** The program with the behaviour. @param isNext one for each service, or replica, that is to count by itself */
export function withBehaviour(program: Program, behaviour: ServiceBehaviour, isNext: Countdown = countdown(behaviour.first)): Program {
  const otherwise: Program = (request, context) => {
    if (behaviour.refuse) throw new CallError('refused')
    if (behaviour.reset) throw new CallError('closed')
    if (behaviour.grpcStatus !== undefined && isGrpc(request)) return endGrpc(behaviour.grpcStatus)
    return behaviour.status === undefined ? program(request, context) : statusAnswer(behaviour.status, context)
  }
  const answer: Program = (request, context) => {
    const told = isNext()
    if (told instanceof Promise) return told.then((isOne) => (isOne ? otherwise : program)(request, context))
    return (told ? otherwise : program)(request, context)
  }
  const { delayMs } = behaviour
  const timed: Program = delayMs ? (request, context) => context.sleep(delayMs).then(() => answer(request, context)) : answer
  return changesAnswers(behaviour) ? (request, context) => change(timed(request, context), behaviour) : timed
}

function statusAnswer(status: number, { pod }: ServiceContext): HttpResponse {
  const body = JSON.stringify({ pod: pod.name, version: pod.version, namespace: pod.namespace, status })
  return { status, headers: new Headers(['content-type', 'application/json']), body }
}

function changesAnswers({ headers, body }: ServiceBehaviour): boolean {
  return headers !== undefined || body !== undefined
}

function change(response: HttpResponse | Promise<HttpResponse>, behaviour: ServiceBehaviour): HttpResponse | Promise<HttpResponse> {
  if (response instanceof Promise) return response.then((answered) => change(answered, behaviour))
  for (const [name, value] of Object.entries(behaviour.headers ?? {})) response.headers.set(name.toLowerCase(), value)
  if (behaviour.body !== undefined) response.body = behaviour.body
  return response
}
