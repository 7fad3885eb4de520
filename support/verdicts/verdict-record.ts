import type { Outcome } from './outcome.ts'
import type { Verdict, VerdictRecord } from './verdict.ts'
import type { MeshWorld } from '../world.ts'

/** @param status cucumber's, of the scenario's steps so far: `PASSED`, `FAILED`, `SKIPPED`, `UNDEFINED` … */
export function verdictRecord(world: MeshWorld, status: string, outcome: Outcome | null): VerdictRecord {
  const { mesh, run, evidence } = world
  const planned = run.settings.dryRun && (outcome === null || outcome.verdict === 'passed') && status === 'PASSED'
  const session = mesh.opened
  return {
    verdict: planned ? 'not-supported' : (outcome?.verdict ?? verdictOf(status)),
    reasons: planned ? ['dry run: nothing was applied, sent or judged'] : (outcome?.reasons ?? []),
    target: run.target.name,
    runSeed: run.settings.seed,
    seed: mesh.seed,
    capabilities: outcome?.capabilities ?? [],
    requests: evidence.requests,
    paths: evidence.paths,
    tests: evidence.tests,
    chance: evidence.chance,
    virtualMs: run.target.clock === 'virtual' ? (session?.now?.() ?? 0) : null,
    evidence: evidence.requests === 0 ? [] : (session?.evidence?.() ?? []),
    mesh: run.target.mesh?.() ?? null,
    hidesValues: world.hidesValues,
    notModelled: [...(session?.notModelled() ?? []), ...world.notices],
  }
}

function verdictOf(status: string): Verdict {
  if (status === 'PASSED') return 'passed'
  return status === 'SKIPPED' ? 'not-supported' : 'failed'
}
