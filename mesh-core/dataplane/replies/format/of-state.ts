import { ownStateKey } from '../../../ir/inserted-filter.ts'
import type { Format, Operator } from './format.ts'

/** Source: Envoy `FilterStateFormatter`. */
export const ofState = {
  FILTER_STATE: (argument) => {
    const [key = '', form = ''] = argument.split(':')
    if (!ownStateKey.test(key)) return null
    // A text has no fields.
    if (form === 'FIELD') return () => ''
    return stateAt(key, form === 'PLAIN' ? (text) => text : asJson)
  },
} satisfies Readonly<Record<string, Operator>>

function stateAt(key: string, show: (text: string) => string): Format {
  return ({ state }) => {
    const kept = state?.get(key)
    return kept === undefined ? '' : show(kept)
  }
}

/** As Protocol Buffers write a `StringValue`. */
function asJson(text: string): string {
  return JSON.stringify(text).replace(/[<>\u007f-\u009f\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
