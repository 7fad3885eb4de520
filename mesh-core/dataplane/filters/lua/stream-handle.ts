import { ScriptError, type Given, type Life, type Pause, type LuaKind, type LuaObject, type LuaTable } from '../../../lua/values.ts'
import type { LocalReply } from '../../replies/local-reply.ts'
import { BodyWrapper, type Bodied } from './body-wrapper.ts'
import type { HeaderMap } from './header-map.ts'
import type { StreamInfoWrapper } from './stream-info.ts'

/** What a script gets of a message and its way. */
export interface Handled {
  headers(life: Life): HeaderMap
  info(life: Life): StreamInfoWrapper
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
  /** What the script has got of the message is of no use once it has waited: it must ask for it again. Source: the same file, onMarkDead. */
  #life = { isOver: false }
  #headers: HeaderMap | null = null
  #info: StreamInfoWrapper | null = null
  #body: BodyWrapper | null = null
  #isWhole = false

  constructor(of: Handled) {
    this.of = of
  }

  get headers(): HeaderMap {
    return (this.#headers ??= this.of.headers(this.#life))
  }

  get info(): StreamInfoWrapper {
    return (this.#info ??= this.of.info(this.#life))
  }

  /** It is waited for where there is one. @param wraps one that is empty, too */
  body(wraps: boolean): BodyWrapper | null {
    if (this.#body) return this.#body
    const message = this.of.body()
    if (message.body === '' && !wraps) return null
    if (message.body !== '' && !this.#isWhole) this.wait()
    this.#isWhole = true
    return (this.#body = new BodyWrapper(message, this.#life))
  }

  wait(): void {
    this.#life.isOver = true
    this.#life = { isOver: false }
    this.#headers = this.#info = this.#body = null
  }
}

const logs = ['logTrace', 'logDebug', 'logInfo', 'logWarn', 'logErr', 'logCritical']

const streamHandle: LuaKind<StreamHandle> = {
  methods: {
    ...Object.fromEntries(logs.map((name) => [name, (_handle: StreamHandle, given: Given) => void given.text(1)])),
    headers: ({ headers }) => headers,
    streamInfo: ({ info }) => info,
    timestamp: ({ of }) => of.date(),
    base64Escape: (_handle, given) => Buffer.from(given.text(1)).toString('base64'),
    base64Decode: (_handle, given) => Buffer.from(given.text(1), 'base64').toString(),
    clearRouteCache: ({ of }) => of.clearRouteCache(),
    body: (handle, given) => handle.body(given.value(1) === true) ?? [],
    respond: ({ of }, given) => of.respond(replyOf(given)),
    httpCall: (handle, given) => {
      const call = callOf(given)
      const pause = handle.of.call(call)
      if (pause) handle.wait()
      return pause
    },
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
