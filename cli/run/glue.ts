import type { IRunConfiguration } from '@cucumber/cucumber/api'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { moduleFile } from '../../support/package.ts'
import { settingError } from '../options/setting-error.ts'

type Support = IRunConfiguration['support']

/** The vocabulary, as a file that cucumber can import. */
const stepsFile = moduleFile('steps/index')

/** Where cucumber looks for a project's own steps when nothing is configured. It stops looking as soon as we name ours. */
const usualPlaces = ['features/**/*.@(js|cjs|mjs)', 'steps/**/*.@(js|cjs|mjs)']

/** What our own suite is read by, in whatever project. */
export const vocabularyAlone: Support = { requireModules: [], requirePaths: [], loaders: [], importPaths: [stepsFile] }

/**
 * Adds the vocabulary to what a project loads. A project that names it as well is no trouble: it is the same module, and loaded once.
 */
export function withOurSteps(support: Support): Support {
  const { importPaths = [], requirePaths = [] } = support
  const own = importPaths.length === 0 && requirePaths.length === 0 ? usualPlaces : importPaths
  return { ...support, importPaths: [stepsFile, ...own.filter((path) => path !== stepsFile)] }
}

/** `steps/prices.mts`, and patterns: `steps/*.{mjs,mts}`, `steps/*.@(js|ts)`. */
const namesTypescript = /[.{,(|][cm]?ts(?:[},)|]|$)/

/** Node before 22.18 does not read TypeScript by itself. */
const typescriptLoader = 'ts-node/esm'

/**
 * Registers the loader that targets or steps in TypeScript need, unless the project has one of its own.
 * @throws MeshSpecError INVALID_SETTING when nothing is there that reads TypeScript
 */
export function withTypescript(support: Support, targets: readonly string[]): Support {
  const { loaders = [], importPaths = [] } = support
  const isNeeded = [...targets, ...importPaths].some((path) => namesTypescript.test(path))
  const nodeReadsIt = Boolean((process.features as { readonly typescript?: unknown }).typescript)
  if (!isNeeded || nodeReadsIt || loaders.length > 0) return support
  assertInstalled(typescriptLoader)
  return { ...support, loaders: [typescriptLoader] }
}

function assertInstalled(module: string): void {
  try {
    createRequire(join(process.cwd(), 'package.json')).resolve(module)
  } catch {
    throw settingError(
      `Node ${process.versions.node} does not read TypeScript by itself, and ts-node is not installed`,
      'npm install --save-dev ts-node @swc/core typescript@5, or Node from 22.18 on',
    )
  }
}
