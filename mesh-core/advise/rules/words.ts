const mostNames = 4

/** @param takers names of the rules that take all that another matches, in their order */
export function whyTaken(takers: readonly string[]): string {
  const names = [...new Set(takers)]
  if (names.length === 1) return `${names[0]} takes all that it matches`
  const shown = names.length > mostNames ? [...names.slice(0, mostNames), `${names.length - mostNames} more`] : names
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)} together take all that it matches`
}
