import type { Headers, HttpRequest, HttpResponse } from '../../../ir/message.ts'
import { ScriptError, type Life, type LuaKind, type LuaObject, type LuaValue } from '../../../lua/values.ts'
import { addValue, inlineOfRequest, inlineOfResponse } from '../../messages/inline-headers.ts'

/** What HTTP/2 has as headers before the others, by name. */
type Special = Readonly<Record<string, { get(): string; set(value: string): void }>>

/** Told of what becomes of a message where that is not known here. It ends the script. */
export type Doubt = (what: string) => never

/** The headers of a message, as scripts see them. Source: Envoy `lua/wrappers.cc` HeaderMapWrapper. */
export class HeaderMap implements LuaObject {
  readonly kind = headerMap
  readonly life: Life
  readonly headers: Headers
  readonly special: Special
  readonly inline: ReadonlySet<string>
  readonly #changed: () => void
  readonly #doubt: Doubt
  #isIterated = false

  constructor(headers: Headers, special: Special, inline: ReadonlySet<string>, life: Life, changed: () => void, doubt: Doubt) {
    this.life = life
    this.#doubt = doubt
    this.headers = headers
    this.special = special
    this.inline = inline
    this.#changed = changed
  }

  static ofRequest(request: HttpRequest, life: Life, doubt: Doubt, changed: () => void): HeaderMap {
    const authority = { get: () => request.authority, set: (value: string) => void (request.authority = value) }
    const special: Special = {
      ':authority': authority,
      ':path': { get: () => request.path, set: (value) => void (request.path = value) },
      ':method': { get: () => request.method, set: (value) => void (request.method = value) },
      ':scheme': { get: () => request.scheme, set: (value) => void (request.scheme = value === 'https' ? 'https' : 'http') },
    }
    return new HeaderMap(request.headers, special, inlineOfRequest, life, changed, doubt)
  }

  static ofAnswer(response: HttpResponse, life: Life, doubt: Doubt): HeaderMap {
    const status = { get: () => String(response.status), set: (value: string) => void (response.status = Number(value)) }
    return new HeaderMap(response.headers, { ':status': status }, inlineOfResponse, life, () => {}, doubt)
  }

  all(name: string): readonly string[] {
    const special = this.special[name]
    return special ? [special.get()] : this.headers.all(name)
  }

  change(): void {
    if (this.#isIterated) throw new ScriptError('header map cannot be modified while iterating')
    this.#changed()
  }

  /** What each message has is missing: of a request Envoy finds no route then, or refuses to send it on. A scheme is not missed. */
  lose(name: string): void {
    if (name !== ':scheme') this.#doubt(`${name} of a message taken away`)
  }

  *entries(): IterableIterator<readonly [string, string]> {
    if (this.#isIterated) throw new ScriptError('cannot create a second iterator before completing the first')
    this.#isIterated = true
    for (const [name, special] of Object.entries(this.special)) yield [name, special.get()]
    for (const entry of [...this.headers.entries()]) yield entry
    this.#isIterated = false
  }
}

/** Envoy has Host under the name that HTTP/2 gives it. */
function nameOf(text: string): string {
  const name = text.toLowerCase()
  return name === 'host' ? ':authority' : name
}

const headerMap: LuaKind<HeaderMap> = {
  methods: {
    get: (map, given) => {
      const values = map.all(nameOf(given.text(1)))
      return values.length > 0 ? values.join(',') : []
    },
    getAtIndex: (map, given) => map.all(nameOf(given.text(1)))[given.number(2)] || [],
    getNumValues: (map, given) => map.all(nameOf(given.text(1))).length,
    add: (map, given) => {
      map.change()
      const name = nameOf(given.text(1))
      const special = map.special[name]
      if (special) special.set(`${special.get()},${given.text(2)}`)
      else addValue(map.headers, name, given.text(2), map.inline)
    },
    replace: (map, given) => {
      map.change()
      const name = nameOf(given.text(1))
      const special = map.special[name]
      if (special) special.set(given.text(2))
      else map.headers.set(name, given.text(2))
    },
    remove: (map, given) => {
      map.change()
      const name = nameOf(given.text(1))
      if (map.special[name]) map.lose(name)
      else map.headers.remove(name)
    },
  },
  pairs: (map): Iterable<readonly [LuaValue, LuaValue]> => map.entries(),
}
