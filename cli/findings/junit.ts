import { escapeXml } from '../../reports/escape.ts'
import type { Finding } from './finding.ts'

/** JUnit's XML: a suite for each file, a case for each finding; a file without findings is a case that passed. */
export function findingsJunit(findings: readonly Finding[], files: readonly string[]): string {
  const names = [...new Set([...files, ...findings.map(({ file }) => file ?? '')])]
  const suites = names.map((name) => ({ name, own: findings.filter(({ file }) => (file ?? '') === name) }))
  const tests = suites.reduce((sum, { own }) => sum + Math.max(own.length, 1), 0)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="meshspec validate" tests="${tests}" failures="${findings.length}">`,
    ...suites.flatMap(({ name, own }) => suiteXml(name, own)),
    '</testsuites>',
  ].join('\n')
}

function suiteXml(name: string, findings: readonly Finding[]): string[] {
  const file = escapeXml(name)
  return [
    `  <testsuite name="${file}" tests="${Math.max(findings.length, 1)}" failures="${findings.length}">`,
    ...(findings.length === 0 ? [`    <testcase classname="${file}" name="valid"/>`] : findings.map((finding) => caseXml(file, finding))),
    '  </testsuite>',
  ]
}

function caseXml(file: string, { level, code, resource, problem, text, position }: Finding): string {
  const name = escapeXml(resource === null ? code : `${code} ${resource}`)
  const line = position === null ? '' : ` line="${position.line}"`
  const failure = `<failure type="${level}" message="${escapeXml(problem)}">${escapeXml(text)}</failure>`
  return `    <testcase classname="${file}" name="${name}" file="${file}"${line}>${failure}</testcase>`
}
