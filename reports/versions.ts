import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What produced a report. */
export function versions(): { readonly meshspec: string; readonly cucumber: string; readonly node: string } {
  return { meshspec: ownVersion(), cucumber: cucumberVersion(), node: process.versions.node }
}

/** The nearest package.json above this file is meshspec's, in the sources and in dist/. */
function ownVersion(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const version = versionIn(join(folder, 'package.json'))
    if (version !== undefined) return version
    if (folder === dirname(folder)) return 'unknown'
  }
}

function versionIn(file: string): string | undefined {
  try {
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string }
    return manifest.name === 'meshspec' ? manifest.version : undefined
  } catch {
    return undefined
  }
}

function cucumberVersion(): string {
  try {
    return (createRequire(import.meta.url)('@cucumber/cucumber/package.json') as { version: string }).version
  } catch {
    return 'unknown'
  }
}
