import type { IRunConfiguration } from '@cucumber/cucumber/api'
import { defaultFormats, formatNames, type FormatName, formatterUrl } from '../../reports/formats.ts'

type Formats = Pick<IRunConfiguration['formats'], 'stdout' | 'files'>

/**
 * Which reports a run writes: those of the command line, else those of the project's cucumber config, else ours. A name without a
 * file replaces only what the terminal shows.
 * @param given `NAME` or `NAME:FILE`
 * @param configured `format` of the project's cucumber config
 */
export function formatsOf(given: readonly string[], configured: readonly (string | readonly [string, string?])[]): Partial<Formats> {
  const asked = given.map(split)
  const files = Object.fromEntries(asked.flatMap(({ name, file }) => (file === null ? [] : [[file, name]])))
  const stdout = asked.findLast(({ file }) => file === null)?.name
  const ours = defaults()
  const base: Partial<Formats> = configured.length > 0 ? {} : ours
  const kept = Object.keys(files).length > 0 ? { files } : base.files ? { files: base.files } : {}
  return { ...base, ...kept, ...(stdout === undefined ? {} : { stdout }) }
}

function defaults(): Formats {
  const files: Record<string, string> = {}
  for (const [name, file] of defaultFormats()) if (file !== undefined) files[file] = name
  return { stdout: formatterUrl('terminal'), files }
}

/** A Windows path or a URL holds colons too: only the last one, and only before something that is no more of the URL, counts. */
function split(format: string): { readonly name: string; readonly file: string | null } {
  const [, name = format, file = null] = /^([\w@./-]+|file:\/\/[^:]+):(.+)$/.exec(format) ?? []
  return { name: isOurs(name) ? formatterUrl(name) : name, file }
}

function isOurs(name: string): name is FormatName {
  return (formatNames as readonly string[]).includes(name)
}
