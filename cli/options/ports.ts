import type { MeshSpecError } from '../../mesh-core/config/errors.ts'
import { settingError } from './setting-error.ts'
import { wholeNumber } from './whole-number.ts'

/** @returns null for what is no matter of the port */
export function listenProblem(error: unknown, host: string): MeshSpecError | null {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return settingError(`port ${(error as { port?: number }).port} is in use`, 'choose another with --port; 0 takes a free one')
    case 'EACCES':
      return settingError(`port ${(error as { port?: number }).port} needs more rights`, 'choose one above 1023 with --port')
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return settingError(`there is no address "${host}" here`, 'leave --host out to serve on this machine alone')
    default:
      return null
  }
}

/** @param option `--port`. @throws MeshSpecError INVALID_SETTING */
export function portNumber(option: string, text: string): number {
  const number = wholeNumber(option, text)
  if (number > 65535) throw settingError(`${option} is ${number}`, 'ports go from 0 to 65535')
  return number
}
