import { settingVariables } from '../../support/settings.ts'

/**
 * A command line that can be typed again, with the settings of the environment; what a URL says before `@` is nobody's business.
 * @param env only the settings are looked at
 */
export function reproduceText(args: readonly string[], env: Readonly<Record<string, string | undefined>>): string {
  const given = settingVariables.filter((name) => env[name])
  const before = given.sort().map((name) => `${name}=${/TOKEN$/.test(name) ? '…' : shown(env[name]!)} `)
  return [`${before.join('')}npx meshspec`, ...args.map(shown)].join(' ')
}

function shown(text: string): string {
  const plain = text.replace(/\/\/[^/@\s]*@/g, '//…@')
  return /^[\w./:=,@%+-]+$/.test(plain) ? plain : `'${plain.replaceAll("'", `'\\''`)}'`
}
