import { MeshSpecError } from '../../config/errors.ts'

/** Of an operator that Envoy knows, and that cannot be told here. */
export function notModelled(what: string, hint: string | null = null): MeshSpecError {
  return new MeshSpecError({ code: 'INVALID_VALUE', origin: null, place: null, problem: `${what} is not modelled`, hint })
}
