import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { loadConfiguration, loadSupport } from '@cucumber/cucumber/api'
import type { Benchmark, Figure } from './benchmark.ts'
import { sideBySide } from './process.ts'

const folder = 'reports/out/empty-steps'

/** How much the steps take beside cucumber itself. */
export const suite: Benchmark = {
  name: 'suite',
  about: 'the whole suite on core, beside cucumber running the same scenarios with empty steps',
  async run(): Promise<readonly Figure[]> {
    const config = await writeEmptySteps()
    const ours = [process.execPath, 'dist/cli/main.js', 'run'] as const
    const empty = [process.execPath, 'node_modules/@cucumber/cucumber/bin/cucumber.js', '--config', config] as const
    const { seconds } = await sideBySide([ours, empty], 5)
    return [
      { what: 'meshspec run', value: seconds[0]!, unit: 's' },
      { what: 'empty steps', value: seconds[1]!, unit: 's' },
      { what: 'meshspec ÷ empty steps', value: seconds[0]! / seconds[1]!, unit: '×', goal: { atMost: 1.5 } },
    ]
  },
}

/** What cucumber keeps of step files; its type shows less. */
interface Vocabulary {
  readonly parameterTypeRegistry: { readonly parameterTypes: Iterable<{ readonly name?: string; readonly regexpStrings: readonly string[] }> }
  readonly stepDefinitions: readonly { readonly pattern: string; readonly code: { readonly length: number } }[]
}

/** Writes a support file with the sentences of the vocabulary and nothing behind them. @returns the cucumber config that uses it */
async function writeEmptySteps(): Promise<string> {
  const { runConfiguration } = await loadConfiguration()
  const support = (await loadSupport(runConfiguration)) as unknown as Vocabulary
  const types = [...support.parameterTypeRegistry.parameterTypes].filter(({ name }) => !builtIn.includes(name ?? ''))
  const lines = [
    "import { Given, defineParameterType } from '@cucumber/cucumber'",
    ...types.map(
      ({ name, regexpStrings }) =>
        `defineParameterType({ name: ${JSON.stringify(name)}, regexp: [${regexpStrings.map(regexpOf).join(', ')}], transformer: (...parts) => parts[0] })`,
    ),
    ...support.stepDefinitions.map(({ pattern, code }) => `Given(${JSON.stringify(pattern)}, (${parametersOf(code.length)}) => {})`),
  ]
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'steps.mjs'), `${lines.join('\n')}\n`)
  const config = { import: [resolve(folder, 'steps.mjs')], publishQuiet: true }
  writeFileSync(join(folder, 'cucumber.mjs'), `export default ${JSON.stringify(config)}\n`)
  return join(folder, 'cucumber.mjs')
}

const builtIn = ['', 'int', 'float', 'word', 'string', 'double', 'bigdecimal', 'byte', 'short', 'long', 'biginteger']

function regexpOf(source: string): string {
  return `new RegExp(${JSON.stringify(source)})`
}

function parametersOf(count: number): string {
  return Array.from({ length: count }, (_, i) => `p${i}`).join(', ')
}
