/**
 * A command line that can be typed again, with the settings of the environment; what a URL says before `@` is nobody's business.
 * @param env only what is called MESHSPEC_… is looked at
 */
export function reproduceText(args: readonly string[], env: Readonly<Record<string, string | undefined>>): string {
  const settings = Object.keys(env).filter((name) => name.startsWith('MESHSPEC_') && env[name] && name !== 'MESHSPEC_DEBUG')
  const before = settings.sort().map((name) => `${name}=${shown(env[name]!)} `)
  return [`${before.join('')}npx meshspec`, ...args.map(shown)].join(' ')
}

function shown(text: string): string {
  const plain = text.replace(/\/\/[^/@\s]*@/g, '//…@')
  return /^[\w./:=,@%+-]+$/.test(plain) ? plain : `'${plain.replaceAll("'", `'\\''`)}'`
}
