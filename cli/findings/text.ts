import { describeEvidence } from '../../mesh-core/analyze/describe.ts'
import { Excerpts } from '../output/excerpt.ts'
import { printable } from '../../reports/printable.ts'
import type { Finding, FindingPlace } from './finding.ts'
import { levels } from './finding.ts'

/** Each finding with the lines that it is about, then how many there are. */
export function findingsText(findings: readonly Finding[], excerpts: Excerpts = new Excerpts()): string {
  if (findings.length === 0) return ''
  return printable([...findings.map((finding) => withExcerpt(finding, excerpts)), countText(findings)].join('\n\n'))
}

/** `2 errors, 1 warning` */
function countText(findings: readonly Finding[]): string {
  return levels
    .map((level) => ({ level, number: findings.filter((finding) => finding.level === level).length }))
    .filter(({ number }) => number > 0)
    .map(({ level, number }) => (level === 'info' ? `${number} info` : count(number, level)))
    .join(', ')
}

/** The lines that it is about, what takes part in it, what proves it, and last what to do. */
function withExcerpt({ level, sentence, hint, file, position, proof, related }: Finding, excerpts: Excerpts): string {
  const lines = file !== null && position ? excerpts.at(file, position) : null
  return [
    `${level === 'error' ? '' : `${level}: `}${sentence}`,
    ...(lines === null ? [] : [lines.replace(/^/gm, '  ')]),
    ...related.map((place) => `  see: ${placeText(place)}`),
    ...proof.map((one) => `  proof: ${describeEvidence(one)}`),
    ...(hint === null ? [] : [`  hint: ${hint}`]),
  ].join('\n')
}

/** `mesh.yaml:7:7 spec.http[0]` */
function placeText({ file, position, field, resource }: FindingPlace): string {
  return `${position === null ? file : `${file}:${position.line}:${position.column}`} ${field || resource}`
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
