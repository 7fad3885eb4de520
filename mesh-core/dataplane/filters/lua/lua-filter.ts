import type { LuaFilter } from '../../../ir/inserted-filter.ts'
import type { HttpRequest, HttpResponse } from '../../../ir/message.ts'
import { NotShown } from '../../../ir/not-shown.ts'
import type { LuaState, ScriptEnd } from '../../../lua/lua-state.ts'
import { Pause, ScriptError } from '../../../lua/values.ts'
import type { Place } from '../../evidence.ts'
import type { Plane } from '../../plane.ts'
import type { Subject } from '../../replies/format/subject.ts'
import type { Asker } from '../custom-access.ts'
import type { Ending } from '../fault-filter.ts'
import { toldTo, type ToldByRoute } from '../told-by-route.ts'
import { HeaderMap, type Doubt } from './header-map.ts'
import { callCluster } from './http-call.ts'
import { StreamHandle, type Handled } from './stream-handle.ts'
import { StreamInfoWrapper, type DynamicMetadata } from './stream-info.ts'

/** A request over which scripts run. */
export interface ScriptedStream {
  readonly request: HttpRequest
  readonly place: Place
  /** For doubts: who runs them. */
  readonly name: string
  readonly body: { hold(): void }
  readonly metadata: DynamicMetadata
  /** Nobody waits for its answer any more. */
  readonly ended: boolean
  subject(responseHeaders: null, answerStatus: 0): Subject
  /** Headers of the request are others now. @param mayReroute its route is looked for again */
  noteRewritten(mayReroute: boolean): void
}

/** A filter that runs a script, in its chain. */
export interface Chained {
  readonly filter: LuaFilter
  /** Names the filter chain. */
  readonly owner: string
  readonly ofRoute: ToldByRoute
  readonly plane: Plane
  readonly stream: ScriptedStream
}

/** @param next what the script answers with; `null`: the request goes on. Source: Envoy `lua/lua_filter.cc` Filter::decodeHeaders. */
export function scriptRequest(chained: Chained, asker: () => Asker, next: (ending: Ending | null) => void): void {
  const state = stateOf(chained)
  if (!state?.has('envoy_on_request')) return next(null)
  const { stream, filter } = chained
  const { request } = stream
  const goOn = (ending: Ending | null): void => {
    if (!stream.ended) next(ending)
  }
  const body = (): HttpRequest => {
    stream.body.hold()
    return request
  }
  const handled: Handled = {
    ...common(chained),
    headers: (life) => HeaderMap.ofRequest(request, life, doubtAbout(chained, 'envoy_on_request'), () => stream.noteRewritten(filter.clearsRoute)),
    body,
    respond: (reply) => new Pause(() => goOn({ reply, details: 'lua_response', flag: null })),
    call: (call) => callCluster(call, asker()),
    clearRouteCache: () => stream.noteRewritten(true),
  }
  state.run('envoy_on_request', new StreamHandle(handled), (end) => {
    doubtOfEnd(end, chained)
    goOn(null)
  })
}

/** @returns whether a script has run over it. Source: Envoy `lua/lua_filter.cc` Filter::encodeHeaders. */
export function scriptAnswer(chained: Chained, response: HttpResponse): boolean {
  const state = stateOf(chained)
  if (!state?.has('envoy_on_response')) return false
  const doubt = doubtAbout(chained, 'envoy_on_response')
  const body = (): HttpResponse => (response.messages === undefined ? response : doubt('the body of a stream'))
  const handled: Handled = {
    ...common(chained),
    headers: (life) => HeaderMap.ofAnswer(response, life, doubt),
    body,
    respond: () => {
      throw new ScriptError('respond not currently supported in the response path')
    },
    call: () => doubt('httpCall'),
    clearRouteCache: () => {},
  }
  state.run('envoy_on_response', new StreamHandle(handled), (end) => doubtOfEnd(end, chained))
  return true
}

function doubtAbout({ stream, filter }: Chained, fn: string): Doubt {
  return (what) => {
    stream.place.exchange.fail(new NotShown(`${what} in ${fn} of ${filter.name} at ${stream.name} is not modelled`))
    throw new ScriptError('not modelled')
  }
}

function common({ stream, plane }: Chained): Pick<Handled, 'info' | 'date'> {
  return { info: (life) => new StreamInfoWrapper(stream.metadata, () => stream.subject(null, 0), life), date: () => plane.date() }
}

/** A route may have a script of its own, or name one of the filter's. */
function stateOf({ filter, owner, ofRoute, plane }: Chained): LuaState | null {
  const own = toldTo(filter.name, ofRoute.levels)
  const code = own?.kind === 'lua' ? (own.code ?? filter.named[own.name ?? ''] ?? null) : filter.code
  if (code === null) return null
  return plane.scripts.of(`${owner} ${filter.place} ${filter.name}`, code, { date: () => plane.date(), draw: () => plane.chance.fault.next() })
}

/** Of an error Envoy writes into its log alone. */
function doubtOfEnd({ isEndless }: ScriptEnd, { filter, stream }: Chained): void {
  if (isEndless)
    stream.place.exchange.fail(new NotShown(`the script of ${filter.name} at ${stream.name} goes on without an end, and so would its proxy`))
}
