import { escapeXml } from '../../reports/escape.ts'
import type { Level } from '../../mesh-core/analyze/message.ts'
import { type Finding, isAtLeast } from './finding.ts'

/**
 * JUnit's XML: a suite for each file, a case for each finding; a file without findings is a case that passed, and so is a finding below the level, which is
 * printed all the same.
 */
export function findingsJunit(findings: readonly Finding[], files: readonly string[], failOn: Level): string {
  const names = [...new Set([...files, ...findings.map(({ file }) => file ?? '')])]
  const suites = names.map((name) => ({ name, own: findings.filter(({ file }) => (file ?? '') === name) }))
  const tests = suites.reduce((sum, { own }) => sum + Math.max(own.length, 1), 0)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="meshspec validate" tests="${tests}" failures="${failuresIn(findings, failOn)}">`,
    ...suites.flatMap(({ name, own }) => suiteXml(name, own, failOn)),
    '</testsuites>',
  ].join('\n')
}

function failuresIn(findings: readonly Finding[], failOn: Level): number {
  return findings.filter((finding) => isAtLeast(finding, failOn)).length
}

function suiteXml(name: string, findings: readonly Finding[], failOn: Level): string[] {
  const file = escapeXml(name)
  return [
    `  <testsuite name="${file}" tests="${Math.max(findings.length, 1)}" failures="${failuresIn(findings, failOn)}">`,
    ...(findings.length === 0 ? [`    <testcase classname="${file}" name="valid"/>`] : findings.map((finding) => caseXml(file, finding, failOn))),
    '  </testsuite>',
  ]
}

function caseXml(file: string, finding: Finding, failOn: Level): string {
  const { level, code, resource, problem, text, position } = finding
  const name = escapeXml(resource === null ? code : `${code} ${resource}`)
  const line = position === null ? '' : ` line="${position.line}"`
  const outcome = !isAtLeast(finding, failOn)
    ? `<system-out>${escapeXml(`${level}: ${text}`)}</system-out>`
    : `<failure type="${level}" message="${escapeXml(problem)}">${escapeXml(text)}</failure>`
  return `    <testcase classname="${file}" name="${name}" file="${file}"${line}>${outcome}</testcase>`
}
