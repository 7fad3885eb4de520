import { availableParallelism } from 'node:os'
import { type IRunConfiguration, loadSources } from '@cucumber/cucumber/api'

/** More of them gain little: what is left is the longest scenario. */
const most = 4
/** A process takes a second to start. */
const scenariosWorthOne = 4

/**
 * In how many processes scenarios run; 0: in this one. On Envoy they mostly wait (a delay of 7 s takes 7 s there), and do so side by side unless the command
 * line or the project's cucumber config says otherwise. Every process has an Envoy of its own.
 */
export async function workersFor(target: string, { runtime, sources }: IRunConfiguration, given: string | undefined): Promise<number> {
  if (given !== undefined || runtime.parallel > 0 || target !== 'envoy' || runtime.dryRun) return runtime.parallel
  const { plan } = await loadSources(sources)
  const workers = Math.min(most, availableParallelism() + 1, Math.floor(plan.length / scenariosWorthOne))
  return workers > 1 ? workers : 0
}
