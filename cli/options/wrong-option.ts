import type { MeshSpecError } from '../../mesh-core/config/errors.ts'
import { formatNames } from '../../reports/formats.ts'
import { settingError } from './setting-error.ts'

/** What cucumber throws for an option's value, in the words of the command line; `null` for anything else. */
export function wrongOption(error: unknown): MeshSpecError | null {
  if (!(error instanceof Error)) return null
  const told = [error.message, error.cause instanceof Error ? error.cause.message : ''].join('\n')
  for (const { said, problem, hint } of causes) {
    const found = said.exec(told)
    if (found) return settingError(problem(found[1] ?? ''), hint)
  }
  return null
}

/** Source: cucumber-js `import_formatter`, `profile_loader`; cucumber's tag-expressions. */
const causes: readonly { readonly said: RegExp; readonly problem: (found: string) => string; readonly hint: string }[] = [
  {
    said: /^Tag expression (.*?)\.?$/m,
    problem: (found) => `the tag expression ${found}`,
    hint: 'write for example --tags "@smoke and not (@slow or @manual)"',
  },
  {
    said: /^Failed to import formatter (\S+)/m,
    problem: (found) => `there is no format "${found}"`,
    hint: `write one of ${formatNames.join(', ')}, a formatter of cucumber (progress, summary …), or the path of one of your own`,
  },
  {
    said: /^Requested profile "(.*)" doesn't exist/m,
    problem: (found) => `the project's cucumber config has no profile "${found}"`,
    hint: 'a profile is what the config exports by that name',
  },
]
