import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { type IRunConfiguration, loadSources } from '@cucumber/cucumber/api'
import { assignBy, Assignment, settingIn } from '../../support/sentences/assignment.ts'
import { readSettings } from '../../support/settings.ts'
import type { Settings } from '../../support/settings.ts'
import { onTarget } from './run-configuration.ts'
import { settingError } from '../options/setting-error.ts'

/** More of them gain little: what is left is the longest scenario. */
const most = 4
/** Each of them brings pods of its own into the cluster. */
const mostOnCluster = 3
/** A process takes a second to start. */
const scenariosWorthOne = 4

/** Processes that run scenarios. */
export interface Workers {
  /** 0: this one. */
  readonly count: number
  /** What they are told. */
  readonly env: Readonly<Record<string, string>>
  close(): Promise<void>
}

const asMany = (count: number): Workers => ({ count, env: {}, close: async () => {} })

/**
 * In how many processes scenarios run. On Envoy and on a cluster they mostly wait (a delay of 7 s takes 7 s there), and do so side by side unless the command
 * line or the project's cucumber config says otherwise. Every process has an Envoy of its own, or namespaces and a gateway of its own.
 * @param given what the command line says
 * @throws MeshSpecError INVALID_SETTING for processes that would meet each other; as `reachCluster`
 */
export async function workersFor(target: string, configuration: IRunConfiguration, given: string | undefined): Promise<Workers> {
  const { runtime } = configuration
  const isChosen = given !== undefined || runtime.parallel > 0
  if (runtime.dryRun || !(target === 'envoy' || target === 'cluster')) return asMany(runtime.parallel)
  const plan = isChosen && target === 'envoy' ? [] : (await loadSources(configuration.sources)).plan
  if (target === 'cluster') return onCluster(configuration, plan, isChosen)
  return asMany(isChosen ? runtime.parallel : usual(plan.length, Math.min(most, availableParallelism() + 1)))
}

function usual(scenarios: number, atMost: number): number {
  const workers = Math.min(atMost, Math.floor(scenarios / scenariosWorthOne))
  return workers > 1 ? workers : 0
}

type Plan = Awaited<ReturnType<typeof loadSources>>['plan']

/** A budget is not divided unasked: what one process has left over another would lack. */
async function onCluster(configuration: IRunConfiguration, plan: Plan, isChosen: boolean): Promise<Workers> {
  const settings = readSettings(onTarget(configuration, 'cluster', 0).runtime.worldParameters, process.env)
  const count = isChosen ? configuration.runtime.parallel : settings.budget === null ? usual(plan.length, mostOnCluster) : 0
  const { hasApi } = await import('../../support/targets/cluster/target.ts')
  // One alone meets nobody.
  if (count <= 1) return asMany(0)
  if (!hasApi(settings)) return asMany(isChosen ? count : 0)
  return lanesFor(settings, count, plan, isChosen)
}

/** Of a feature that was read a moment ago. */
function settingOf(uri: string): string | null {
  try {
    return settingIn(readFileSync(uri, 'utf8'))
  } catch {
    return null
  }
}

async function lanesFor(settings: Settings, count: number, plan: Plan, isChosen: boolean): Promise<Workers> {
  const { openLanes } = await import('../../support/targets/cluster/lanes/open-lanes.ts')
  const { lanesVariable } = await import('../../support/targets/cluster/lanes/lane.ts')
  const lanes = await openLanes(settings, (text) => void process.stderr.write(text))
  if (typeof lanes !== 'string') {
    assignBy(new Assignment(plan, settingOf))
    return {
      count,
      env: { [lanesVariable]: JSON.stringify(lanes.settings) },
      close: async () => {
        assignBy(null)
        await lanes.close()
      },
    }
  }
  if (!isChosen) return asMany(0)
  throw settingError(`--parallel ${count}: scenarios would meet each other (${lanes})`, 'leave --parallel away')
}
