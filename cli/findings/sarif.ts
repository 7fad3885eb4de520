import { describeEvidence } from '../../mesh-core/analyze/describe.ts'
import type { Finding } from './finding.ts'

const sarifLevels = { error: 'error', warning: 'warning', info: 'note' } as const

/** SARIF 2.1.0, which code scanning takes. */
export function findingsSarif(findings: readonly Finding[], version: string): string {
  const rules = [...new Set(findings.map(({ code }) => code))].sort()
  const driver = { name: 'meshspec', version, rules: rules.map((id) => ({ id, shortDescription: { text: id } })) }
  const results = findings.map((finding) => ({
    ruleId: finding.code,
    ruleIndex: rules.indexOf(finding.code),
    level: sarifLevels[finding.level],
    message: {
      text: [messageOf(finding), ...finding.proof.map((one) => `proof: ${describeEvidence(one)}`), finding.hint]
        .filter((text) => text !== null)
        .join('\n'),
    },
    ...(finding.file === null ? {} : { locations: [locationOf(finding)] }),
    ...(finding.related.length === 0
      ? {}
      : { relatedLocations: finding.related.map((place, id) => ({ id, ...locationOf(place), message: { text: place.field || place.resource } })) }),
    ...(finding.proof.length === 0 ? {} : { properties: { proof: finding.proof } }),
  }))
  const schema = 'https://json.schemastore.org/sarif-2.1.0.json'
  return JSON.stringify({ $schema: schema, version: '2.1.0', runs: [{ tool: { driver }, results }] }, null, 2)
}

function messageOf({ resource, field, problem }: Finding): string {
  return `${resource === null ? '' : `${resource}${field === '' ? '' : ` ${field}`}: `}${problem}`
}

function locationOf({ file, position, resource }: Pick<Finding, 'file' | 'position' | 'resource'>): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: encodeURI(file!.replaceAll('\\', '/')) },
      ...(position === null ? {} : { region: { startLine: position.line, startColumn: position.column } }),
    },
    ...(resource === null ? {} : { logicalLocations: [{ fullyQualifiedName: resource }] }),
  }
}
