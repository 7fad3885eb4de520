import { randomBytes } from 'node:crypto'

/** Six hexadecimal digits: names of namespaces are to be short. */
export function newRunId(): string {
  return randomBytes(3).toString('hex')
}
