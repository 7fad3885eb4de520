import { Excerpts } from '../excerpt.ts'
import type { Finding } from './finding.ts'
import { levels } from './finding.ts'

/** Each finding with the lines that it is about, then how many there are. */
export function findingsText(findings: readonly Finding[], excerpts: Excerpts = new Excerpts()): string {
  if (findings.length === 0) return ''
  return [...findings.map((finding) => withExcerpt(finding, excerpts)), countText(findings)].join('\n\n')
}

/** `2 errors, 1 warning` */
function countText(findings: readonly Finding[]): string {
  return levels
    .map((level) => ({ level, number: findings.filter((finding) => finding.level === level).length }))
    .filter(({ number }) => number > 0)
    .map(({ level, number }) => (level === 'info' ? `${number} info` : count(number, level)))
    .join(', ')
}

/** The hint stays last, below the lines that it is about. */
function withExcerpt({ level, text, hint, file, position }: Finding, excerpts: Excerpts): string {
  const sentence = `${level === 'error' ? '' : `${level}: `}${hint === null ? text : text.slice(0, text.length - `\n  hint: ${hint}`.length)}`
  const lines = file !== null && position ? excerpts.at(file, position) : null
  return [sentence, ...(lines === null ? [] : [lines.replace(/^/gm, '  ')]), ...(hint === null ? [] : [`  hint: ${hint}`])].join('\n')
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
