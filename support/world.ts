import { World } from '@cucumber/cucumber'
import type { ITestCaseHookParameter } from '@cucumber/cucumber'
import { dirname, resolve } from 'node:path'
import { refOf, resourceKey } from '../mesh-core/config/resource.ts'
import type { Resource, ResourceRef } from '../mesh-core/config/resource.ts'
import type { Analysis } from './analysis.ts'
import { ChartReleases } from './charts/chart-releases.ts'
import type { RevisionChange } from './charts/chart-releases.ts'
import type { Check } from './checks/check.ts'
import type { ShareStatement } from './checks/shares.ts'
import type { TelemetryCheck } from './checks/telemetry.ts'
import { ConfigDesk } from './config-desk.ts'
import { DocStrings } from './doc-string.ts'
import { readEchoTable } from './echo-services.ts'
import { EvidenceBook } from './evidence-book.ts'
import { StatementFailed } from './failure.ts'
import { Judge } from './judge.ts'
import { ObjectStatuses } from './object-statuses.ts'
import { Refusal } from './refusal.ts'
import { ConsulCatalogue } from './registry/consul.ts'
import type { CatalogueChange } from './registry/consul.ts'
import type { Run } from './run.ts'
import { ScenarioCertificates } from './scenario-certificates.ts'
import { scenarioSeed } from './scenario-seed.ts'
import { ScenarioSession } from './scenario-session.ts'
import { servicesNamedBy } from './services-named.ts'
import { Secrets } from './secrets.ts'
import type { StepOptions } from './step-options.ts'
import { isAboutTelemetry } from './telemetry-sentences.ts'
import { NotSupported } from './targets/target.ts'
import type { Behaviour, MeshSession, PodStatus, ServiceRef } from './targets/target.ts'
import { Traffic } from './traffic.ts'

/** A config as a sentence gives it: by name, or as a doc string. */
export type ConfigSource = { readonly name: string } | { readonly text: string }

const bookinfoServices = ['productpage', 'details', 'reviews', 'ratings']

/** There while a scenario runs. */
interface Scene {
  readonly run: Run
  readonly mesh: ScenarioSession
  readonly configs: ConfigDesk
  readonly docStrings: DocStrings
  readonly traffic: Traffic
  readonly judge: Judge
  readonly charts: ChartReleases
}

/** What one scenario's steps share. Users' own steps may take it for their `this`. */
export class MeshWorld extends World {
  /** Namespace of services and config that name none. */
  namespace = 'default'
  readonly #secrets = new Secrets()
  readonly evidence = new EvidenceBook((exchange) => this.#secrets.note(exchange))
  readonly refusal = new Refusal()
  /** `name.namespace` of the services that the scenario has asked for by name. */
  readonly #deployed = new Set<string>()
  /** Of services that the config names, but no config was given yet. */
  #awaitsNames = false
  readonly #labels = new Map<string, Readonly<Record<string, string>>>()
  readonly #certificates = new ScenarioCertificates()
  #consul: ConsulCatalogue | null = null
  #steps: ITestCaseHookParameter['pickle']['steps'] = []
  #step = 0
  #scene: Scene | null = null

  /** Called by the Before hook. */
  begin(run: Run, { pickle, gherkinDocument }: ITestCaseHookParameter): void {
    const seed = scenarioSeed(run.settings.seed, pickle.uri, pickle.name, run.cwd)
    this.#steps = pickle.steps
    const asksTelemetry = pickle.steps.some(({ text }) => isAboutTelemetry(text))
    const scenario = { name: pickle.name, uri: pickle.uri, tags: pickle.tags.map(({ name }) => name), seed, asksTelemetry }
    const places = { feature: dirname(resolve(run.cwd, pickle.uri)), config: run.settings.config, cwd: run.cwd }
    const configs = new ConfigDesk(places, pickle.uri)
    const mesh = new ScenarioSession(run.target, scenario)
    const { evidence, refusal } = this
    const traffic = new Traffic({ run, evidence, certificates: this.#certificates, session: () => this.#sessionForTraffic() })
    const judge = new Judge({ run, mesh, configs, evidence, refusal, traffic, log: (text) => this.log(text) })
    const charts = new ChartReleases((text, label, namespace) => configs.manifests(text, label, namespace))
    this.#scene = { run, mesh, configs, docStrings: new DocStrings(pickle, gherkinDocument), traffic, judge, charts }
  }

  /** Called before each step: of a plan nothing can be judged. */
  passesOver(): boolean {
    const step = this.#steps[this.#step++]
    return this.#scene?.run.settings.dryRun === true && step?.type === 'Outcome'
  }

  get run(): Run {
    return this.#need().run
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

  get mesh(): ScenarioSession {
    return this.#need().mesh
  }

  /** Makes something be there before anything is sent. */
  async prepare(action: (session: MeshSession) => Promise<void>): Promise<void> {
    this.refusal.assertLookedAt()
    await this.mesh.prepare(action)
  }

  async deployBookinfo(namespace: string): Promise<void> {
    this.namespace = namespace
    for (const name of bookinfoServices) this.#deployed.add(`${name}.${namespace}`)
    await this.prepare((session) => session.deployBookinfo(namespace))
  }

  async deployEcho(table: readonly (readonly string[])[]): Promise<void> {
    const services = readEchoTable(table, this.namespace)
    for (const { name, namespace } of services) this.#deployed.add(`${name}.${namespace}`)
    await this.prepare((session) => session.deployEcho(services))
  }

  /** Before any config they are those of all config that is given until something is sent. */
  async deployServicesNamed(): Promise<void> {
    const { given } = this.#need().configs
    this.#awaitsNames = given.length === 0
    if (this.#awaitsNames) return
    const services = servicesNamedBy(given).filter(({ name, namespace }) => !this.#deployed.has(`${name}.${namespace}`))
    await this.prepare((session) => session.deployEcho(services))
  }

  /** @param label `key=value` */
  async labelNamespace(namespace: string, label: string): Promise<void> {
    const [key = '', value = ''] = label.split('=')
    const isInjection = key === 'istio-injection' && (value === 'enabled' || value === 'disabled')
    if (isInjection) return this.prepare((session) => session.setSidecars(namespace, value === 'enabled'))
    const labels = { ...this.#labels.get(namespace), [key]: value }
    this.#labels.set(namespace, labels)
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } })
    await this.#give({ text })
  }

  /** @throws MeshSpecError TARGET_UNREACHABLE */
  async readConsul(url: string): Promise<void> {
    this.#consul = new ConsulCatalogue(url, this.namespace)
    await this.#take(await this.#consul.read())
  }

  /** @throws StatementFailed without a catalogue; MeshSpecError TARGET_UNREACHABLE when nothing changes */
  async awaitConsul(waitMs: number): Promise<void> {
    if (this.#consul === null) throw new StatementFailed('no Consul catalogue was given before this step')
    await this.#take(await this.#consul.changed(waitMs))
  }

  async #take({ apply, remove }: CatalogueChange | RevisionChange): Promise<void> {
    await this.prepare(async (session) => {
      if (apply.length > 0) await session.apply(apply)
      if (remove.length > 0) await session.remove(remove)
    })
  }

  async behave(behaviour: Behaviour): Promise<void> {
    await this.prepare((session) => session.setBehaviour(behaviour))
  }

  /** @throws ConfigRejected: a config that is given has to be in order */
  async giveConfig(source: ConfigSource): Promise<void> {
    await this.#give(source)
    this.refusal.keep(null)
  }

  /** A Secret for the ingress gateway, or in another namespace. @param names that its certificate is for, with commas between */
  async giveTlsSecret(name: string, names: string, where: { readonly trusted: boolean; readonly namespace: string | null }): Promise<void> {
    await this.#give({ text: await this.#certificates.secret(name, names, where) })
  }

  /** @param trusted from the authority that clients of the scenario trust; @param asks clients for certificates of that one, too */
  async giveCertificate(service: ServiceRef, names: string, { trusted, asks }: { readonly trusted: boolean; readonly asks: boolean }): Promise<void> {
    const pair = await this.#certificates.server(names, trusted)
    await this.behave({ kind: 'certificate', service, pair, clientAuthority: asks ? await this.#certificates.authority() : null })
  }

  /** @param text YAML of Istio's MeshConfig, bare or as the object that carries it */
  async giveMeshConfig(text: string): Promise<void> {
    const resources = this.#need().configs.meshConfig(text, this.#need().docStrings.place(text))
    await this.prepare((session) => session.apply(resources))
  }

  /** Keeps a refusal for the `Then` that looks at it. */
  applyConfig(source: ConfigSource): Promise<void> {
    return this.#keepRefusal(() => this.giveConfig(source))
  }

  /** @throws NotSupported without helm; ConfigRejected */
  async giveChart(name: string, values: string): Promise<void> {
    const { charts, configs } = this.#need()
    await charts.install(configs.chart(name), this.namespace, values, (change) => this.#take(change))
    this.refusal.keep(null)
  }

  /** Keeps a refusal for the `Then` that looks at it. @throws StatementFailed for a release that there is not */
  upgradeRelease(release: string, values: string): Promise<void> {
    return this.#keepRefusal(() => this.#need().charts.upgrade(release, values, (change) => this.#take(change)))
  }

  /** As `upgradeRelease`. */
  rollBackRelease(release: string, revision: number): Promise<void> {
    return this.#keepRefusal(() => this.#need().charts.rollBack(release, revision, (change) => this.#take(change)))
  }

  async #keepRefusal(action: () => Promise<void>): Promise<void> {
    try {
      await action()
      this.refusal.keep(null)
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ConfigRejected') throw error
      this.refusal.keep(error)
    }
  }

  async deleteConfig(source: ConfigSource): Promise<void> {
    const refs = this.#read(source).map(refOf)
    await this.prepare((session) => {
      assertApplied(refs, session.resources?.() ?? null)
      return session.remove(refs)
    })
  }

  /**
   * @param services that the statement names
   * @throws StatementFailed with the check's complaint
   */
  expect(check: Check, services: readonly ServiceRef[] = []): void {
    this.#need().judge.expect(check, services)
  }

  /** @throws StatementFailed with the check's complaint; NotSupported where the target has no telemetry */
  expectTelemetry(check: TelemetryCheck): Promise<void> {
    return this.#need().judge.expectTelemetry(check)
  }

  /** Statements about shares that are to hold at once. @throws StatementFailed, Undecided */
  expectShares(statements: readonly ShareStatement[], services: readonly ServiceRef[] = []): Promise<void> {
    return this.#need().judge.expectShares(statements, services)
  }

  async elapse(ms: number): Promise<void> {
    this.refusal.assertLookedAt()
    await (await this.mesh.use()).elapse(ms)
  }

  async pods(): Promise<readonly PodStatus[]> {
    this.refusal.assertLookedAt()
    return (await this.mesh.use()).pods()
  }

  /** @throws StatementFailed unless the config calls for this message */
  async expectAnalysis(code: string, kind: string, name: string): Promise<void> {
    ;(await this.#analysis()).expectReported(code, kind, name)
  }

  /** Of the config that the scenario has given. @throws StatementFailed for any message */
  async expectNoAnalysis(): Promise<void> {
    ;(await this.#analysis()).expectNothing(this.#need().configs.given)
  }

  /** @throws NotSupported where the target does not tell them */
  async objectStatuses(): Promise<ObjectStatuses> {
    this.refusal.assertLookedAt()
    const statuses = (await this.mesh.use()).statuses?.()
    if (!statuses) throw new NotSupported('config', 'the target does not tell the status of objects')
    return new ObjectStatuses(statuses)
  }

  /** Loaded when it is asked for: an analyzer is a file, and there are many. */
  async #analysis(): Promise<Analysis> {
    this.refusal.assertLookedAt()
    const resources = (await this.mesh.use()).resources?.()
    if (!resources) throw new NotSupported('config', 'the target does not tell what is applied, which an analysis looks at')
    return (await import('./analysis.ts')).Analysis.of(resources)
  }

  async close(): Promise<void> {
    await this.#scene?.mesh.close()
  }

  async #sessionForTraffic(): Promise<MeshSession> {
    this.refusal.assertLookedAt()
    if (this.#awaitsNames) await this.deployServicesNamed()
    if (this.#awaitsNames) throw new StatementFailed('no config was given before this step, so it names no services, which the scenario asks for')
    return this.mesh.use()
  }

  async #give(source: ConfigSource): Promise<void> {
    const resources = this.#read(source)
    await this.prepare((session) => session.apply(resources))
  }

  #read(source: ConfigSource): readonly Resource[] {
    const { configs, docStrings } = this.#need()
    return 'name' in source ? configs.file(source.name, this.namespace) : configs.text(source.text, docStrings.place(source.text), this.namespace)
  }

  #need() {
    if (this.#scene === null) throw new StatementFailed('the mesh is there only inside a scenario')
    return this.#scene
  }
}

/** @param applied `null` where the target cannot tell */
function assertApplied(refs: readonly ResourceRef[], applied: readonly Resource[] | null): void {
  if (applied === null) return
  const keys = new Set(applied.map((resource) => resourceKey(refOf(resource))))
  const missing = refs
    .filter((ref) => !keys.has(resourceKey(ref)))
    .map(({ kind, namespace, name }) => `${kind} ${namespace ? `${namespace}/` : ''}${name}`)
  if (missing.length > 0)
    throw new StatementFailed(
      `cannot delete what is not there: ${missing.join(', ')} ${missing.length > 1 ? 'were' : 'was'} not applied, or has been deleted`,
    )
}
