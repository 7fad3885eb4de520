import { NotShown } from '../../../ir/not-shown.ts'

/** Of an operator that Envoy knows, and that cannot be told here. */
export function notModelled(what: string): NotShown {
  return new NotShown(`${what} is not modelled`)
}
