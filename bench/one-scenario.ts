import { readFileSync } from 'node:fs'
import type { Benchmark, Figure } from './benchmark.ts'
import { sideBySide } from './process.ts'

const feature = 'features/traffic-management/request-routing.feature'

/** What the command adds to cucumber when little is to be done: an author's loop. */
export const oneScenario: Benchmark = {
  name: 'one-scenario',
  about: 'meshspec run of one scenario, beside plain cucumber-js doing the same',
  async run(): Promise<readonly Figure[]> {
    const scenario = `${feature}:${firstScenario()}`
    const ours = [process.execPath, 'dist/cli/main.js', 'run', scenario] as const
    const plain = [process.execPath, 'node_modules/@cucumber/cucumber/bin/cucumber.js', scenario] as const
    const { seconds } = await sideBySide([ours, plain], 7)
    return [
      { what: 'meshspec run', value: seconds[0]!, unit: 's' },
      { what: 'cucumber-js', value: seconds[1]!, unit: 's' },
      { what: 'meshspec ÷ cucumber-js', value: seconds[0]! / seconds[1]!, unit: '×', goal: { atMost: 1.2 } },
    ]
  },
}

function firstScenario(): number {
  return (
    readFileSync(feature, 'utf8')
      .split('\n')
      .findIndex((line) => line.trim().startsWith('Scenario:')) + 1
  )
}
