import { NotShown } from '../../../mesh-core/ir/not-shown.ts'
import { NotSupported } from '../target.ts'

/** @throws NotSupported for what mesh-core does not know; all else as it is */
export function asNotSupported(error: unknown): never {
  throw error instanceof NotShown ? new NotSupported('config', error.message) : error
}
