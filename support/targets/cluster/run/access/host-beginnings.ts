/** What stands for the namespaces of a scenario. */
export interface StandIns {
  /** What the names of those begin with that stand for others than `default`. */
  readonly own: string
  /** What stands for `default`. */
  readonly ofDefault: string
  /** Whether the scenario has one of that name. */
  readonly has: (namespace: string) => boolean
}

/**
 * `authority: {prefix: shop.pr}` ends within the name of a namespace: hosts of any that begins so are meant, and what stands for them begins otherwise. A prefix that
 * ends with `default` means hosts of that one, whose stand-in begins the others' names.
 * @returns the pattern that takes the same hosts; `null` where a prefix does
 */
export function beginningOfHosts(prefix: string, { own, ofDefault, has }: StandIns): string | null {
  const [, service, begun] = /^([a-z0-9-]+)\.([a-z0-9-]+)$/.exec(prefix) ?? []
  if (service === undefined || begun === undefined || (begun !== 'default' && has(begun))) return null
  const whole = 'default'.startsWith(begun) ? [`${literal(ofDefault)}(?:[^a-z0-9-].*)?`] : []
  return `${service}\\.(?:${[`${begun}.*`, `${literal(own)}-${begun}.*`, ...whole].join('|')})`
}

function literal(name: string): string {
  return name.replaceAll('.', '\\.')
}
