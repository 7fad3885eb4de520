import type { MeshSpecError } from '../mesh-core/config/errors.ts'
import { settingError } from './setting-error.ts'

/** @param files one of which it is */
export function notWritten(files: readonly string[], error: unknown): MeshSpecError {
  const { code, message } = error as NodeJS.ErrnoException
  const which = files.length === 1 ? `the report ${files[0]}` : `one of the reports ${files.join(', ')}`
  const why = reasons[code ?? ''] ?? message
  return settingError(`${which} cannot be written: ${why}`, 'make room, or name another place: --format html:FILE', 'REPORT_NOT_WRITTEN')
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on its disk',
  EDQUOT: 'no space is left for you on its disk',
  EROFS: 'its disk is read-only',
  EACCES: 'that is not permitted',
  EISDIR: 'it is a folder',
  ENOENT: 'there is no such folder, and it cannot be made',
}

/** As cucumber throws them for the files of its formatters, without their names. */
export function isOfWriting(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException
  return Object.hasOwn(reasons, code ?? '') && (syscall === 'write' || syscall === 'open')
}
