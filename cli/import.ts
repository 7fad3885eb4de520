import { writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { readText } from '../mesh-core/config/load.ts'
import type { Resource } from '../mesh-core/config/resource.ts'
import { makeFolder } from '../support/runs/make-folder.ts'
import { exitCodes } from './output/exit-codes.ts'
import { featureText } from './import/feature.ts'
import { icvFormat } from './import/icv/import-icv.ts'
import { madeUpFor } from './import/made-up.ts'
import { routerCheckFormat } from './import/router-check/import-router-check.ts'
import { namesInOneFolder, readSources, type SourceFile } from './import/sources.ts'
import type { ImportedSuite, ImportFormat } from './import/suite.ts'
import { settingError } from './options/setting-error.ts'

export interface ImportOptions {
  readonly out: string
}

const formats: Readonly<Record<string, ImportFormat>> = { icv: icvFormat, 'router-check': routerCheckFormat }

/**
 * Makes features of another tool's tests, and writes them to a folder together with the config that they are about.
 * @returns the exit code
 */
export async function importTests(format: string, paths: readonly string[], { out }: ImportOptions): Promise<number> {
  const known = formats[format]
  if (!known) throw settingError(`there is no format "${format}"`, `one of ${Object.keys(formats).join(', ')}`)
  const sources = readSources(paths, known.isTest)
  if (sources.tests.length === 0) throw settingError('none of the files holds tests', 'name the files of tests, and those of the config beside them')
  const { config, notes, importSuite } = known.open(sources.configs)
  const resources = [...sources.resources, ...readText(config, 'converted.yaml').resources]
  const madeUp = madeUpFor(resources)
  const madeUpText = madeUp.map(({ object }) => `${JSON.stringify(object, null, 2)}\n`).join('---\n')
  const suite = importSuite(sources.tests, [...resources, ...readText(madeUpText, 'made-up.yaml').resources])
  const configs = kubernetesOnly(sources.configs, sources.resources)
  const written = write(out, suite, [
    ...[...namesInOneFolder(configs)].map(([{ text }, name]) => ({ name, text })),
    ...(config === '' ? [] : [{ name: 'converted.yaml', text: config }]),
    ...(madeUp.length > 0 ? [{ name: 'made-up.yaml', text: madeUpText }] : []),
  ])
  process.stdout.write(
    `${[...report(suite, [...notes, ...madeUp.map(({ note }) => `made up: ${note}`)]), `written to ${out}: ${written.join(', ')}`].join('\n')}\n`,
  )
  return exitCodes.held
}

function kubernetesOnly(configs: readonly SourceFile[], resources: readonly Resource[]): SourceFile[] {
  const files = new Set(resources.map(({ source }) => source.file))
  return configs.filter(({ path }) => files.has(path))
}

function write(out: string, { features }: ImportedSuite, configs: readonly { name: string; text: string }[]): string[] {
  const names = namesInOneFolder(features.map(({ file }) => file))
  const files = [
    ...configs.map(({ name, text }) => ({ path: join('config', name), text })),
    ...features.map(({ file, feature }) => ({
      path: `${names.get(file)!.replace(/\.[^.]*$/, '')}.feature`,
      text: featureText({ ...feature, configs: configs.map(({ name }) => `config/${name}`) }),
    })),
  ]
  for (const { path, text } of files) {
    const to = join(out, path)
    makeFolder(dirname(to))
    writeFileSync(to, text)
  }
  return files.map(({ path }) => path)
}

/** How many of what became of the tests, and everything that no scenario says. */
function report({ features, tests }: ImportedSuite, notes: readonly string[]): string[] {
  const scenarios = features.reduce((sum, { feature }) => sum + feature.scenarios.length, 0)
  const lines = features.flatMap(({ file, feature }) => [
    ...feature.leftOut.map(({ test, reason }) => `left out: ${basename(file.path)}: ${test}: ${reason}`),
    ...feature.scenarios.flatMap(({ name, omitted }) => omitted.map((what) => `not said: ${basename(file.path)}: ${name}: ${what}`)),
  ])
  const omissions = lines.length === 0 ? 'nothing is left out' : `${lines.length} ${lines.length === 1 ? 'thing is' : 'things are'} not said`
  return [...lines, ...notes, `${counted(tests, 'test')}: ${counted(scenarios, 'scenario')}; ${omissions}`]
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
