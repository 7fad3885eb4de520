import type { Benchmark, Figure } from './benchmark.ts'
import { withoutEnvoy } from './envoy-mesh.ts'
import { runProcess } from './process.ts'

/** What waits there waits for real. */
export const envoySuite: Benchmark = {
  name: 'envoy-suite',
  about: 'the whole suite on real Envoy, as meshspec run --target envoy does it',
  unable: withoutEnvoy,
  async run(): Promise<readonly Figure[]> {
    const { seconds, exitCode, output } = await runProcess(process.execPath, ['dist/cli/main.js', 'run', '--target', 'envoy'])
    if (exitCode !== 0) throw new Error(`the suite ended with ${exitCode}:\n${output.slice(-2000)}`)
    return [{ what: 'meshspec run --target envoy', value: seconds, unit: 's', goal: { atMost: 90 } }]
  },
}
