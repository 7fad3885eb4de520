import type { FieldPath } from '../finding.ts'
import type { Fields, Judge } from './judge.ts'

/** What an address of a Unix domain socket begins with. */
export const socketPrefix = 'unix://'

/** The CEL rules of the CRDs for an address and its ports. */
export function checkSocketAddress({ address = '', ports }: Fields, path: FieldPath, judge: Judge): void {
  const text = address as string
  if (!text.startsWith(socketPrefix)) return
  if (!/^[/@]/.test(text.slice(socketPrefix.length)))
    judge.error('INVALID_VALUE', [...path, 'address'], 'UDS must be an absolute path or abstract socket')
  if (text.endsWith('/')) judge.error('INVALID_VALUE', [...path, 'address'], 'UDS may not be a dir')
  if (ports !== undefined) judge.error('CONFLICTING_FIELDS', [...path, 'ports'], 'UDS may not include ports')
}

/** @returns what is wrong with the path of a socket, null for nothing. Source: Istio ValidateUnixAddress */
export function socketProblem(socket: string): string | null {
  if (socket === '') return 'unix address must not be empty'
  // An abstract socket has a name, and no place in the file system.
  if (socket.startsWith('@')) return null
  return socket.startsWith('/') && !socket.endsWith('/') ? null : `${socket} is not an absolute path to a file`
}
