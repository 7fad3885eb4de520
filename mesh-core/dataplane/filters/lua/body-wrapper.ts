import { ScriptError, type Life, type LuaKind, type LuaObject } from '../../../lua/values.ts'
import type { Headers } from '../../../ir/message.ts'

/** The whole body of a message. */
export interface Bodied {
  body: string
  readonly headers: Headers
}

/** Source: Envoy `filters/common/lua/wrappers.cc` BufferWrapper. */
export class BodyWrapper implements LuaObject {
  readonly kind = bodyWrapper
  readonly of: Bodied
  readonly life: Life

  constructor(of: Bodied, life: Life) {
    this.of = of
    this.life = life
  }
}

const bodyWrapper: LuaKind<BodyWrapper> = {
  methods: {
    length: ({ of }) => Buffer.byteLength(of.body),
    getBytes: ({ of }, given) => {
      const bytes = Buffer.from(of.body)
      const [from, count] = [given.number(1), given.number(2)]
      if (from < 0 || count < 0 || from + count > bytes.length)
        throw new ScriptError('index/length must be >= 0 and (index + length) must be <= buffer size')
      return bytes.subarray(from, from + count).toString()
    },
    setBytes: ({ of }, given) => {
      of.body = given.text(1)
      const length = Buffer.byteLength(of.body)
      of.headers.set('content-length', String(length))
      return length
    },
  },
}
