import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { minding } from '../cli/standard-output.ts'

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
    if (error instanceof WrongArguments) return command.error(`error: ${error.message}`)
    throw error
  }
}

/** Reads the value of an option. */
export function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new InvalidArgumentError('A whole number is wanted.')
}
