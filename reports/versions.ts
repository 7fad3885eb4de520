import { createRequire } from 'node:module'
import { ownVersion } from '../support/package.ts'

/** What produced a report. */
export function versions(): { readonly meshspec: string; readonly cucumber: string; readonly node: string } {
  return { meshspec: ownVersion(), cucumber: cucumberVersion(), node: process.versions.node }
}

function cucumberVersion(): string {
  try {
    return (createRequire(import.meta.url)('@cucumber/cucumber/package.json') as { version: string }).version
  } catch {
    return 'unknown'
  }
}
