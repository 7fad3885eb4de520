import { ScriptError, type Given, type Pause, type LuaKind, type LuaObject, type LuaTable } from '../../../lua/values.ts'
import type { LocalReply } from '../../replies/local-reply.ts'
import { BodyWrapper, type Bodied } from './body-wrapper.ts'
import type { HeaderMap } from './header-map.ts'
import type { StreamInfoWrapper } from './stream-info.ts'

/** What a script gets of a message and its way. */
export interface Handled {
  readonly headers: HeaderMap
  readonly info: StreamInfoWrapper
  readonly date: () => number
  /** Waits until all of it is there. */
  body(): Bodied
  /** Ends the request with an answer; of an answer nothing can be. */
  respond(reply: LocalReply): Pause
  call(call: HttpCall): Pause | void
  clearRouteCache(): void
}

/** A request that a script makes. */
export interface HttpCall {
  readonly cluster: string
  readonly headers: LuaTable
  readonly body: string | null
  /** ms; 0 for none. */
  readonly timeoutMs: number
  /** Nobody waits for the answer. */
  readonly isAsynchronous: boolean
}

/** What `envoy_on_request` and `envoy_on_response` are given. Source: Envoy `lua/lua_filter.cc` StreamHandleWrapper. */
export class StreamHandle implements LuaObject {
  readonly kind = streamHandle
  readonly of: Handled
  body: BodyWrapper | null = null

  constructor(of: Handled) {
    this.of = of
  }
}

const logs = ['logTrace', 'logDebug', 'logInfo', 'logWarn', 'logErr', 'logCritical']

const streamHandle: LuaKind<StreamHandle> = {
  methods: {
    ...Object.fromEntries(logs.map((name) => [name, (_handle: StreamHandle, given: Given) => void given.text(1)])),
    headers: ({ of }) => of.headers,
    streamInfo: ({ of }) => of.info,
    timestamp: ({ of }) => of.date(),
    base64Escape: (_handle, given) => Buffer.from(given.text(1)).toString('base64'),
    base64Decode: (_handle, given) => Buffer.from(given.text(1), 'base64').toString(),
    clearRouteCache: ({ of }) => of.clearRouteCache(),
    body: (handle, given) => {
      if (handle.body) return handle.body
      const message = handle.of.body()
      return message.body === '' && given.value(1) !== true ? [] : (handle.body = new BodyWrapper(message))
    },
    respond: ({ of }, given) => of.respond(replyOf(given)),
    httpCall: ({ of }, given) => of.call(callOf(given)),
  },
}

/** Source: Envoy `lua_filter.cc` luaRespond. */
function replyOf(given: Given): LocalReply {
  const fields = fieldsOf(given.table(1))
  const status = Number(fields.find(([name]) => name === ':status')?.[1])
  if (!(status >= 200 && status < 600)) throw new ScriptError(':status must be between 200-599')
  const headers = fields.filter(([name]) => !name.startsWith(':')).flat()
  return { status, body: given.textOr(2, ''), headers }
}

/** Source: Envoy `lua_filter.cc` makeHttpCall, luaHttpCall. */
function callOf(given: Given): HttpCall {
  const cluster = given.text(1)
  const headers = given.table(2)
  const body = given.textOr(3, null)
  const told = given.value(4)
  const options = told instanceof Map ? told : new Map([['timeout_ms', given.number(4)]])
  const timeoutMs = Number(options.get('timeout_ms') ?? 0)
  if (timeoutMs < 0) throw new ScriptError('http call timeout must be >= 0')
  return { cluster, headers, body, timeoutMs, isAsynchronous: given.value(5) === true || options.get('asynchronous') === true }
}

/** A value may be a list. Source: Envoy `lua_filter.cc` buildHeadersFromTable. */
export function fieldsOf(table: LuaTable): readonly (readonly [name: string, value: string])[] {
  return [...table].flatMap(([name, told]) => {
    const values = told instanceof Map ? [...told.values()] : [told]
    return values.map((value) => {
      if (typeof value !== 'string' && typeof value !== 'number') throw new ScriptError('a header has a text')
      return [String(name).toLowerCase(), String(value)] as const
    })
  })
}
