import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { fileReason } from '../cli/output/file-reason.ts'
import { minding } from '../cli/output/standard-output.ts'

/** Wrong arguments that show only when the work has begun. */
export class WrongArguments extends Error {}

/** A command of the project's own, called by `npm run NAME -- …`. */
export function ownCommand(name: string, description: string): Command {
  return new Command(`npm run ${name} --`).description(description).exitOverride().showHelpAfterError()
}

/** Sets the exit code to what the work returns; wrong arguments are 2, with the usage. */
export async function perform(command: Command, work: (command: Command) => Promise<number>): Promise<void> {
  minding(process.stdout)
  try {
    command.parse(process.argv)
    process.exitCode = await worked(command, work)
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    process.exitCode = error.exitCode === 0 ? 0 : 2
  }
}

async function worked(command: Command, work: (command: Command) => Promise<number>): Promise<number> {
  try {
    return await work(command)
  } catch (error) {
    const wrong = error instanceof WrongArguments ? error.message : problemOfFile(error)
    if (wrong !== null) return command.error(`error: ${wrong}`)
    throw error
  }
}

/** What is wrong with a file that an argument names; `null` for any other error, which is ours. */
function problemOfFile(error: unknown): string | null {
  const { path, code } = error as NodeJS.ErrnoException
  if (path === undefined || !process.argv.includes(path)) return null
  const isFolderThere = existsSync(dirname(path))
  return code === 'ENOENT' && isFolderThere ? `there is no ${path}` : `${path}: ${fileReason(error)}`
}

/** Reads the value of an option. */
export function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new InvalidArgumentError('A whole number is wanted.')
}
