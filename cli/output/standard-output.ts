import { exitCodes } from './exit-codes.ts'

/**
 * What happens when standard output takes no more. A reader that has gone (`| head`) is no fault: the work goes on, its reports and its exit code count. Anything
 * else, such as a full disk, is told once.
 */
export function minding(stream: NodeJS.WriteStream): void {
  let told = false
  stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED' || told) return
    told = true
    process.stderr.write(`REPORT_NOT_WRITTEN standard output cannot be written: ${code === 'ENOSPC' ? 'no space is left on its disk' : message}\n`)
    process.on('exit', () => (process.exitCode = exitCodes.wrongInput))
  })
}
