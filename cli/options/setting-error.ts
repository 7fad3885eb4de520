import { type ErrorCode, MeshSpecError } from '../../mesh-core/config/errors.ts'

/** A mistake on the command line. */
export function settingError(problem: string, hint: string, code: ErrorCode = 'INVALID_SETTING'): MeshSpecError {
  return new MeshSpecError({ code, origin: null, place: null, problem, hint })
}
