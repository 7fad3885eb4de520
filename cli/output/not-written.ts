import type { MeshSpecError } from '../../mesh-core/config/errors.ts'
import { fileReason, fileReasons } from './file-reason.ts'
import { settingError } from '../options/setting-error.ts'

/**
 * @param files one of which it is
 * @param option by which another place is named
 */
export function notWritten(files: readonly string[], error: unknown, option = '--format html:FILE'): MeshSpecError {
  const which = files.length === 1 ? `the report ${files[0]}` : `one of the reports ${files.join(', ')}`
  return settingError(`${which} cannot be written: ${fileReason(error)}`, `make room, or name another place: ${option}`, 'REPORT_NOT_WRITTEN')
}

/** As cucumber throws them for the files of its formatters, without their names. */
export function isOfWriting(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException
  return Object.hasOwn(fileReasons, code ?? '') && (syscall === 'write' || syscall === 'open')
}
