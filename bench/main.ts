import { type Benchmark, describeFigure } from './benchmark.ts'
import { clusterRun } from './cluster-run.ts'
import { envoyMesh } from './envoy-mesh.ts'
import { envoySuite } from './envoy-suite.ts'
import { loadConfig } from './load-config.ts'
import { productPages } from './product-pages.ts'
import { oneScenario } from './one-scenario.ts'
import { routeDecisions } from './route-decisions.ts'
import { ruleChange } from './rule-change.ts'
import { routingChecks } from './routing-checks.ts'
import { suite } from './suite.ts'
import { validateConfig } from './validate-config.ts'

const benchmarks: readonly Benchmark[] = [
  routeDecisions,
  productPages,
  routingChecks,
  loadConfig,
  validateConfig,
  ruleChange,
  oneScenario,
  suite,
  envoyMesh,
  envoySuite,
  clusterRun,
]

/** Runs the named benchmarks, or all. */
async function main(names: readonly string[]): Promise<number> {
  const unknown = names.find((name) => !benchmarks.some((benchmark) => benchmark.name === name))
  if (unknown !== undefined) {
    console.error(`there is no benchmark "${unknown}"; known: ${benchmarks.map(({ name }) => name).join(', ')}`)
    return 2
  }
  for (const benchmark of benchmarks) {
    if (names.length > 0 && !names.includes(benchmark.name)) continue
    console.log(`${benchmark.name}: ${benchmark.about}`)
    const reason = (await benchmark.unable?.()) ?? null
    if (reason !== null) console.log(`  not run: ${reason}`)
    else for (const figure of await benchmark.run()) console.log(describeFigure(figure))
  }
  return 0
}

process.exitCode = await main(process.argv.slice(2))
