import {
  After,
  AfterAll,
  Before,
  BeforeAll,
  setDefaultTimeout,
  setDefinitionFunctionWrapper,
  setParallelCanAssign,
  setWorldConstructor,
} from '@cucumber/cucumber'
import { mayBegin } from './sentences/assignment.ts'
import { minding, outcomeOf } from './verdicts/outcome.ts'
import type { Outcome } from './verdicts/outcome.ts'
import { readSettings } from './settings.ts'
import { limitsOf } from './runs/run-limits.ts'
import { loadTarget } from './targets/load.ts'
import { verdictMediaType } from './verdicts/verdict.ts'
import { verdictRecord } from './verdicts/verdict-record.ts'
import { exitWith, followCoordinator } from './runs/worker-process.ts'
import { MeshWorld } from './world.ts'
import type { Run } from './runs/run.ts'

/** Targets bound their own waits; cucumber's 5 s would end a step that sends a thousand requests to a live mesh. */
const stepTimeoutMs = 10 * 60_000

setWorldConstructor(MeshWorld)
setDefaultTimeout(stepTimeoutMs)
setParallelCanAssign(mayBegin)
followCoordinator()

/** By scenario; the first one counts. */
const outcomes = new WeakMap<object, Outcome>()
setDefinitionFunctionWrapper(
  minding({
    onOutcome: (world, outcome) => {
      if (world instanceof MeshWorld && !outcomes.has(world)) outcomes.set(world, outcome)
    },
    shown: (world, message) => (world instanceof MeshWorld ? world.shown(message) : message),
    passesOver: (world) => world instanceof MeshWorld && world.passesOver(),
    beforeStep: (world, options) => (world instanceof MeshWorld ? world.settleLoad(options) : null),
  }),
)

let run: Run | null = null

BeforeAll(async function () {
  const settings = readSettings(this.parameters, process.env)
  const cwd = process.cwd()
  const target = await loadTarget(settings, cwd)
  run = { settings, target, cwd, ...limitsOf(settings, target, process.env) }
})

Before(function (scenario) {
  if (this instanceof MeshWorld) this.begin(run!, scenario)
})

After(async function ({ result }) {
  // A user's own World may stand in for ours.
  if (!(this instanceof MeshWorld)) return
  const status = result?.status ?? 'UNKNOWN'
  const left = status === 'PASSED' && !this.run.settings.dryRun ? leftOver(this) : null
  if (left !== null) outcomes.set(this, outcomeOf(left)!)
  this.attach(JSON.stringify(verdictRecord(this, status, outcomes.get(this) ?? null)), verdictMediaType)
  await this.close()
  if (left !== null) throw left
})

/** What was seen is to be reported, whatever the target leaves behind; the exit code says that it does. */
AfterAll(async function () {
  try {
    await run?.target.close()
  } catch (error) {
    process.stderr.write(`\nThe target could not be closed: ${error instanceof Error ? error.message : String(error)}\n`)
    exitWith(1)
  }
})

/** A refused config that no `Then` has looked at, when there was no further step to say so. */
function leftOver(world: MeshWorld): unknown {
  try {
    world.refusal.assertLookedAt()
    return null
  } catch (error) {
    return error
  }
}
