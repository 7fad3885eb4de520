import { chanceText, drawsIn } from './chance.ts'
import type { Check, CheckContext } from '../checks/check.ts'
import { decideShares } from '../checks/decide-shares.ts'
import { percent } from '../checks/shares.ts'
import type { ShareStatement } from '../checks/shares.ts'
import type { TelemetryCheck } from '../checks/telemetry.ts'
import type { ConfigDesk } from '../config/config-desk.ts'
import type { EvidenceBook } from './evidence-book.ts'
import { StatementFailed, Undecided } from './failure.ts'
import type { Refusal } from './refusal.ts'
import type { ScenarioSession } from '../runs/scenario-session.ts'
import { whatConfigSays, whatMayBeWhy } from '../doubts/what-may-be-why.ts'
import { NotSupported } from '../targets/target.ts'
import type { ServiceRef } from '../targets/target.ts'
import type { Traffic } from '../traffic/traffic.ts'
import type { StatisticalTest } from './verdict.ts'
import type { Run } from '../runs/run.ts'

const nothingSent = 'no request was sent before this step'

/** What a judgement rests on. */
interface Parts {
  readonly run: Run
  readonly mesh: ScenarioSession
  readonly configs: ConfigDesk
  readonly evidence: EvidenceBook
  readonly refusal: Refusal
  readonly traffic: Traffic
  log(text: string): void
}

/** Holds statements against what the last `When` has sent. */
export class Judge {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /**
   * @param services that the statement names
   * @throws StatementFailed with the check's complaint
   */
  expect(check: Check, services: readonly ServiceRef[] = []): void {
    const { evidence, traffic } = this.#parts
    this.#assertJudgeable(services)
    if (traffic.load !== null && evidence.last.length < traffic.load.load.times)
      throw new Undecided(
        'the requests were not all sent: shares were decided by fewer, and then the config changed. Write this step before the change',
      )
    const complaint = check(evidence.last, this.#checkContext())
    if (complaint === undefined) return
    const draws = drawsIn(evidence.last, services)
    evidence.chance = draws.map(({ text }) => text)
    throw this.#failed(complaint, chanceText(draws, services))
  }

  /** @throws StatementFailed with the check's complaint; NotSupported where the target has no telemetry */
  async expectTelemetry(check: TelemetryCheck): Promise<void> {
    const { evidence, mesh, run } = this.#parts
    this.#assertJudgeable([])
    const telemetry = mesh.opened?.telemetry
    if (!telemetry) throw new NotSupported('telemetry', `the target ${run.target.name} keeps neither metrics nor traces`)
    const complaint = await check(telemetry, evidence.last)
    if (complaint === undefined) return
    const beyond = this.#parts.traffic.load?.beyond ?? 0
    if (beyond > 0 && !telemetry.leaveOut)
      throw new Undecided(`${beyond} more requests than are written were sent for a share, and are counted: write this step before it. ${complaint}`)
    throw this.#failed(complaint)
  }

  /**
   * Statements about shares that are to hold at once. Where the target does not know the odds they take as many requests as it needs to
   * decide them: on a wall clock be it fewer than the `When` says, and everywhere more. @throws StatementFailed, Undecided
   */
  async expectShares(statements: readonly ShareStatement[], services: readonly ServiceRef[] = []): Promise<void> {
    const { run, traffic, evidence } = this.#parts
    const { load } = traffic
    this.#parts.refusal.assertLookedAt()
    if (load === null) throw new StatementFailed(nothingSent)
    if (load.looks.length === 0) await load.sendAll(load.load.concurrency)
    this.#assertJudgeable(services)
    const { tests } = evidence
    const before = tests.length
    try {
      const complaint = await decideShares(statements, load, this.#checkContext(run.spending?.next()))
      if (complaint !== undefined) throw this.#failed(complaint)
    } finally {
      for (const test of tests.slice(before)) this.#parts.log(describeTest(test))
    }
  }

  #assertJudgeable(services: readonly ServiceRef[]): void {
    this.#parts.refusal.assertLookedAt()
    if (this.#parts.evidence.last.length === 0) throw new StatementFailed(nothingSent)
    this.#assertAllModelled()
    for (const service of services) this.#parts.mesh.opened?.assertKnown?.(service)
  }

  /** @throws NotSupported: no verdict may rest on config that was ignored */
  #assertAllModelled(): void {
    const ignored = this.#parts.mesh.opened?.notModelled() ?? []
    if (ignored.length > 0) throw new NotSupported('config', ignored.join('; '))
  }

  /** @throws Undecided where the mesh was not steady */
  #failed(complaint: string, chance: readonly string[] = []): StatementFailed {
    this.#parts.mesh.opened?.assertSteady?.()
    return new StatementFailed(this.#withDoubts(complaint, chance))
  }

  #withDoubts(complaint: string, chance: readonly string[]): string {
    const session = this.#parts.mesh.opened
    const { configs, evidence, traffic } = this.#parts
    const config = { resources: session?.resources?.() ?? [], given: configs.given, statuses: session?.statuses?.() ?? [] }
    const asked = { exchanges: evidence.last, isFromClient: traffic.load?.sender.kind === 'client' }
    const own = session?.doubts?.()
    const missing = own === undefined ? whatMayBeWhy(asked, config) : [...own, ...whatConfigSays(asked, config)]
    const doubts = [...missing, ...chance]
    return doubts.length === 0 ? complaint : `${complaint}\nWhat may be why:\n${doubts.map((doubt) => doubt.replace(/^/gm, '  ')).join('\n')}`
  }

  #checkContext(alpha = this.#parts.run.settings.alpha): CheckContext {
    const { run, mesh, configs, evidence } = this.#parts
    const { settings, target } = run
    const session = mesh.opened
    return {
      target: target.name,
      capabilities: target.capabilities,
      clock: target.clock,
      rates: { alpha, beta: settings.beta, delta: settings.delta },
      locate: (origin) => {
        const { file, position } = session?.locate?.(origin) ?? { file: origin.file, position: null }
        return { file: configs.nameOf(file), position }
      },
      resources: () => session?.resources?.() ?? [],
      behind: session?.behind?.bind(session) ?? null,
      record: (test) => evidence.tests.push({ ...test, load: evidence.loads }),
    }
  }
}

function describeTest({ statement, requests, seen, exact, alpha, beta, delta }: StatisticalTest): string {
  const rates = `false alarms ${Number(alpha.toPrecision(3))}, misses of ${percent(delta)} ${exact ? '0: the exact odds are known' : String(beta)}`
  return `${statement}: ${percent(seen)} of ${requests} (${rates})`
}
