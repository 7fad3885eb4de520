import { describeEvidence } from '../../mesh-core/analyze/describe.ts'
import type { Finding } from './finding.ts'

const commands = { error: 'error', warning: 'warning', info: 'notice' } as const

/** Workflow commands, which GitHub shows beside the lines of a change: `::error file=a.yaml,line=3,col=5,title=…::…` */
export function findingsForGithub(findings: readonly Finding[]): string {
  return findings
    .map(({ level, code, resource, problem, hint, file, position, proof }) => {
      const place = { file, line: position?.line, col: position?.column, title: `${code}${resource === null ? '' : ` ${resource}`}` }
      const properties = Object.entries(place).flatMap(([name, value]) => (value == null ? [] : [`${name}=${escapedProperty(String(value))}`]))
      return `::${commands[level]} ${properties.join(',')}::${escaped([problem, ...proof.map((one) => `proof: ${describeEvidence(one)}`), ...(hint === null ? [] : [hint])].join('\n'))}`
    })
    .join('\n')
}

function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapedProperty(text: string): string {
  return escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
