import { Headers, type HttpRequest, type HttpResponse } from '../../../ir/message.ts'
import { Pause, ScriptError, type LuaTable, type LuaValue } from '../../../lua/values.ts'
import type { Outcome } from '../../outcome.ts'
import { describeReset, resetOf } from '../../upstream/reset-reply.ts'
import { askCluster } from '../ask-cluster.ts'
import type { Asker } from '../custom-access.ts'
import { fieldsOf, type HttpCall } from './stream-handle.ts'

/** @returns what waits for the answer, where the script does. Source: Envoy `lua/lua_filter.cc` makeHttpCall. */
export function callCluster(call: HttpCall, asker: Asker): Pause | void {
  const { cluster, timeoutMs, isAsynchronous } = call
  if (!asker.proxy?.cluster(cluster)) throw new ScriptError('http call cluster invalid. Must be configured')
  const request = requestOf(call, asker.address)
  const asked = { name: cluster, cluster, timeoutMs }
  const ask = (done: (outcome: Outcome, waited: boolean) => void): void => void askCluster(asked, asker, () => request, done)
  if (isAsynchronous) return ask(() => {})
  return new Pause((goOn) => ask((outcome, waited) => goOn(answerOf(outcome, waited))))
}

function requestOf({ headers: told, body, timeoutMs }: HttpCall, address: string): HttpRequest {
  const fields = fieldsOf(told)
  const special = (name: string): string | undefined => fields.find(([one]) => one === name)?.[1]
  const [path, method, authority] = [special(':path'), special(':method'), special(':authority') ?? special('host')]
  if (path === undefined || method === undefined || authority === undefined)
    throw new ScriptError("http call headers must include ':path', ':method', and ':authority'")
  const headers = new Headers()
  for (const [name, value] of fields) if (!name.startsWith(':') && name !== 'host') headers.append(name, value)
  if (body !== null) headers.set('content-length', String(Buffer.byteLength(body)))
  headers.set('x-envoy-internal', 'true')
  headers.set('x-forwarded-for', address)
  if (timeoutMs > 0) headers.set('x-envoy-expected-rq-timeout-ms', String(timeoutMs))
  return { method, scheme: special(':scheme') === 'https' ? 'https' : 'http', authority, path, headers, body: body ?? '' }
}

/** What the proxy's own client answers where there is nobody. Source: Envoy `AsyncStreamImpl`, whose router answers as another does. */
function answerOf(outcome: Outcome, waited: boolean): readonly [LuaTable, LuaValue] {
  if (typeof outcome !== 'string') return told(outcome.status, [...outcome.headers.entries()], outcome.body)
  const { status, body } = ownAnswer(outcome, waited)
  return told(
    status,
    [
      ['content-length', String(body.length)],
      ['content-type', 'text/plain'],
    ],
    body,
  )
}

function ownAnswer(outcome: Extract<Outcome, string>, waited: boolean): { readonly status: number; readonly body: string } {
  if (outcome === 'timeout') return { status: 504, body: 'upstream request timeout' }
  return waited ? describeReset(resetOf(outcome), false) : { status: 503, body: 'no healthy upstream' }
}

function told(status: HttpResponse['status'], headers: readonly (readonly [string, string])[], body: string): readonly [LuaTable, LuaValue] {
  return [new Map<string, LuaValue>([[':status', String(status)], ...headers]), body === '' ? null : body]
}
