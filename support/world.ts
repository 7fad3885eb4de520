import { World } from '@cucumber/cucumber'
import type { ITestCaseHookParameter } from '@cucumber/cucumber'
import { dirname, resolve } from 'node:path'
import { Application } from './config/application.ts'
import type { Check } from './checks/check.ts'
import type { ShareStatement } from './checks/shares.ts'
import type { TelemetryCheck } from './checks/telemetry.ts'
import { ConfigDesk } from './config/config-desk.ts'
import { DocStrings } from './sentences/doc-string.ts'
import { EvidenceBook } from './verdicts/evidence-book.ts'
import { StatementFailed } from './verdicts/failure.ts'
import { Judge } from './verdicts/judge.ts'
import { amongNamesakes } from './sentences/namesakes.ts'
import { Refusal } from './verdicts/refusal.ts'
import type { Run } from './runs/run.ts'
import { ScenarioCertificates } from './config/scenario-certificates.ts'
import { ScenarioConfig } from './config/scenario-config.ts'
import { scenarioSeed } from './runs/scenario-seed.ts'
import { ScenarioSession } from './runs/scenario-session.ts'
import { Secrets } from './runs/secrets.ts'
import type { StepOptions } from './sentences/step-options.ts'
import { telemetryAsked } from './sentences/telemetry-sentences.ts'
import type { ServiceRef } from './targets/target.ts'
import { Traffic } from './traffic/traffic.ts'

/** There while a scenario runs. */
interface Scene {
  readonly run: Run
  readonly mesh: ScenarioSession
  readonly application: Application
  readonly config: ScenarioConfig
  readonly configs: ConfigDesk
  readonly traffic: Traffic
  readonly judge: Judge
}

/** What one scenario's steps share. Users' own steps may take it for their `this`. */
export class MeshWorld extends World {
  readonly #secrets = new Secrets()
  readonly evidence = new EvidenceBook((exchange) => {
    if (this.hidesValues) this.#secrets.note(exchange)
  })
  readonly refusal = new Refusal()
  #steps: ITestCaseHookParameter['pickle']['steps'] = []
  #step = 0
  #scene: Scene | null = null

  /** Called by the Before hook. */
  begin(run: Run, { pickle, gherkinDocument }: ITestCaseHookParameter): void {
    const seed = scenarioSeed(run.settings.seed, pickle.uri, pickle.name, run.cwd)
    this.#steps = pickle.steps
    const scenario = { name: pickle.name, uri: pickle.uri, tags: pickle.tags.map(({ name }) => name), seed, ...telemetryAsked(pickle.steps) }
    const places = { feature: dirname(resolve(run.cwd, pickle.uri)), config: run.settings.config, cwd: run.cwd }
    const { evidence, refusal } = this
    const certificates = new ScenarioCertificates()
    const configs = new ConfigDesk(places, pickle.uri)
    const mesh = new ScenarioSession(run.target, scenario, refusal)
    const application = new Application(mesh, configs, certificates)
    const config = new ScenarioConfig({ mesh, configs, docStrings: new DocStrings(pickle, gherkinDocument), application, certificates, refusal })
    const session = async () => {
      refusal.assertLookedAt()
      await application.complete()
      return mesh.use()
    }
    const traffic = new Traffic({ run, evidence, certificates, session })
    const judge = new Judge({ run, mesh, configs, evidence, refusal, traffic, log: (text) => this.log(text) })
    this.#scene = { run, mesh, application, config, configs, traffic, judge }
  }

  /** Called before each step: of a plan nothing can be judged. */
  passesOver(): boolean {
    const step = this.#steps[this.#step++]
    return this.#scene?.run.settings.dryRun === true && step?.type === 'Outcome'
  }

  get run(): Run {
    return this.#need().run
  }

  get mesh(): ScenarioSession {
    return this.#need().mesh
  }

  /** The services, and how they behave. */
  get application(): Application {
    return this.#need().application
  }

  /** Applies and deletes config, and says what the mesh thinks of it. */
  get config(): ScenarioConfig {
    return this.#need().config
  }

  /** Of the scenario's folders of config: what was passed over. */
  get notices(): readonly string[] {
    return this.#need().configs.notices
  }

  /** Sends what the scenario's `When`s say. */
  get traffic(): Traffic {
    return this.#need().traffic
  }

  /** Sends what the last `When` has not sent yet, before a step that needs it. @returns null when there is nothing to do */
  settleLoad(options: StepOptions | undefined): Promise<void> | null {
    return this.#scene?.traffic.settle(options) ?? null
  }

  /** Values of headers, tokens and cookies of a live mesh are told to nobody, unless that is asked for. */
  get hidesValues(): boolean {
    const run = this.#scene?.run
    return run !== undefined && run.target.name === 'cluster' && !run.settings.showSecrets
  }

  /** A message as reports and logs may show it. */
  shown(message: string): string {
    return this.hidesValues ? this.#secrets.hide(message) : message
  }

  /**
   * @param services that the statement names
   * @throws StatementFailed with the check's complaint
   */
  expect(check: Check, services: readonly ServiceRef[] = []): void {
    this.#need().judge.expect(check, services)
  }

  /** Of one service, which may have namesakes. @throws StatementFailed with the check's complaint */
  expectOf(service: ServiceRef, check: (meant: ServiceRef) => Check): void {
    const meant = this.meant(service)
    this.expect(check(meant), [meant])
  }

  /** @throws StatementFailed with the check's complaint; NotSupported where the target has no telemetry */
  expectTelemetry(check: TelemetryCheck): Promise<void> {
    return this.#need().judge.expectTelemetry(check)
  }

  /** Statements about shares that are to hold at once. @throws StatementFailed, Undecided */
  expectShares(statements: readonly ShareStatement[], services: readonly ServiceRef[] = []): Promise<void> {
    return this.#need().judge.expectShares(statements, services)
  }

  /** The service that a statement means by this name. */
  meant(service: ServiceRef): ServiceRef {
    return amongNamesakes(service, this.mesh.opened?.resources?.() ?? [], 'default')
  }

  async elapse(ms: number): Promise<void> {
    await (await this.mesh.use()).elapse(ms)
  }

  async close(): Promise<void> {
    await this.#scene?.mesh.close()
  }

  #need(): Scene {
    if (this.#scene === null) throw new StatementFailed('the mesh is there only inside a scenario')
    return this.#scene
  }
}
