/** Sentences offered for one that is undefined. */
const offered = 3

/**
 * @returns the sentences of the vocabulary that come nearest to `text`, best first; none when nothing comes near
 */
export function suggestSteps(text: string, expressions: readonly string[]): string[] {
  const words = tokens(text)
  const rated = expressions.map((expression) => ({ expression, likeness: likeness(words, tokens(expression)) }))
  const best = Math.max(...rated.map(({ likeness }) => likeness))
  return rated
    .filter(({ likeness }) => likeness >= Math.max(0.5, best - 0.15))
    .sort((a, b) => b.likeness - a.likeness || a.expression.localeCompare(b.expression))
    .slice(0, offered)
    .map(({ expression }) => expression)
}

/** Words; whatever stands for a value becomes one and the same token. */
function tokens(sentence: string): string[] {
  return sentence
    .replace(/"[^"]*"|\{[^}]*\}/g, ' § ')
    .replace(/\(([^)]*)\)/g, '$1')
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => (/^\d/.test(word) ? '§' : word.toLowerCase().replace(/[,.:]$/, '')))
}

/** 1 for the same words in the same order, 0 for nothing in common: the longest common subsequence over the mean length. */
function likeness(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0)
  for (const word of a) {
    const next = [0]
    for (const [j, other] of b.entries()) next.push(Math.max(row[j]! + sameness(word, other), row[j + 1]!, next[j]!))
    row = next
  }
  return (2 * row[b.length]!) / Math.max(1, a.length + b.length)
}

/** A value fits a bare word too: `reviews:v2` stands where the expression has `{service}`. */
function sameness(word: string, other: string): number {
  if (word === other) return 1
  if (other === '§') return 0.5
  return isTypo(word, other) ? 0.8 : 0
}

/** One letter too many, missing, wrong, or two swapped. */
export function isTypo(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || Math.min(a.length, b.length) < 3) return false
  let start = 0
  while (start < a.length && a[start] === b[start]) start += 1
  let end = 0
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1
  const left = a.slice(start, a.length - end)
  const right = b.slice(start, b.length - end)
  return Math.max(left.length, right.length) <= 1 || (left.length === 2 && right === left[1]! + left[0]!)
}
