import { World } from '@cucumber/cucumber'
import type { ITestCaseHookParameter } from '@cucumber/cucumber'
import { dirname, resolve } from 'node:path'
import { refOf, resourceKey } from '../mesh-core/config/resource.ts'
import type { Resource, ResourceRef } from '../mesh-core/config/resource.ts'
import type { Analysis } from './analysis.ts'
import type { Check, CheckContext } from './checks/check.ts'
import { decideShares } from './checks/decide-shares.ts'
import { percent } from './checks/shares.ts'
import type { ShareStatement } from './checks/shares.ts'
import type { AlphaSpending } from './checks/statistics/alpha-spending.ts'
import { ConfigDesk } from './config-desk.ts'
import { DocStrings } from './doc-string.ts'
import { readEchoTable } from './echo-services.ts'
import { EvidenceBook } from './evidence-book.ts'
import { StatementFailed, Undecided } from './failure.ts'
import { LoadInProgress } from './load-in-progress.ts'
import { ObjectStatuses } from './object-statuses.ts'
import { Refusal } from './refusal.ts'
import { ConsulCatalogue } from './registry/consul.ts'
import type { CatalogueChange } from './registry/consul.ts'
import type { RequestBudget } from './request-budget.ts'
import { protocolOfVersion } from './request-line.ts'
import type { RequestLine } from './request-line.ts'
import { ScenarioCertificates } from './scenario-certificates.ts'
import { scenarioSeed } from './scenario-seed.ts'
import { ScenarioSession } from './scenario-session.ts'
import { servicesNamedBy } from './services-named.ts'
import { Secrets } from './secrets.ts'
import type { Settings } from './settings.ts'
import { cookieOf, loginCall } from './sign-in.ts'
import { grpcCall, webSocketCall } from './stream-call.ts'
import type { StepOptions } from './step-options.ts'
import { NotSupported } from './targets/target.ts'
import type { Behaviour, Call, Capability, Load, MeshSession, PodStatus, Sender, ServiceRef, Target } from './targets/target.ts'
import type { StatisticalTest } from './verdict.ts'

/** What the run has decided before its first scenario. */
export interface Run {
  readonly settings: Settings
  readonly target: Target
  readonly cwd: string
  readonly budget: RequestBudget
  readonly spending: AlphaSpending | null
}

/** A config as a sentence gives it: by name, or as a doc string. */
export type ConfigSource = { readonly name: string } | { readonly text: string }

/** `headers` of which one may be sent several times. */
export interface Message {
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
  /** Name in the certificate that the client shows. */
  readonly certificate?: string
}

const bookinfoServices = ['productpage', 'details', 'reviews', 'ratings']

const once: Load = { times: 1, concurrency: 1 }

const nothingSent = 'no request was sent before this step'

/** What one scenario's steps share. Users' own steps may take it for their `this`. */
export class MeshWorld extends World {
  /** Namespace of services and config that name none. */
  namespace = 'default'
  readonly #secrets = new Secrets()
  readonly evidence = new EvidenceBook((exchange) => this.#secrets.note(exchange))
  readonly refusal = new Refusal()
  /** Of the last `When` that sent something. */
  #load: LoadInProgress | null = null
  #testsBefore = 0
  /** `name.namespace` of the services that the scenario has asked for by name. */
  readonly #deployed = new Set<string>()
  /** Of services that the config names, but no config was given yet. */
  #awaitsNames = false
  readonly #labels = new Map<string, Readonly<Record<string, string>>>()
  readonly #certificates = new ScenarioCertificates()
  readonly #cookies = new Map<string, string>()
  #consul: ConsulCatalogue | null = null
  #scene: { readonly run: Run; readonly mesh: ScenarioSession; readonly configs: ConfigDesk; readonly docStrings: DocStrings } | null = null

  /** Called by the Before hook. */
  begin(run: Run, { pickle, gherkinDocument }: ITestCaseHookParameter): void {
    const seed = scenarioSeed(run.settings.seed, pickle.uri, pickle.name, run.cwd)
    const scenario = { name: pickle.name, uri: pickle.uri, tags: pickle.tags.map(({ name }) => name), seed }
    const places = { feature: dirname(resolve(run.cwd, pickle.uri)), config: run.settings.config, cwd: run.cwd }
    const configs = new ConfigDesk(places, pickle.uri)
    this.#scene = { run, mesh: new ScenarioSession(run.target, scenario), configs, docStrings: new DocStrings(pickle, gherkinDocument) }
  }

  get run(): Run {
    return this.#need().run
  }

  /** A message as reports and logs may show it: those of a live mesh tell no values of headers, no tokens and no cookies, unless that is asked for. */
  shown(message: string): string {
    const run = this.#scene?.run
    return run === undefined || run.target.name !== 'cluster' || run.settings.showSecrets ? message : this.#secrets.hide(message)
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
    await this.#takeUp(await this.#consul.read())
  }

  /** @throws StatementFailed without a catalogue; MeshSpecError TARGET_UNREACHABLE when nothing changes */
  async awaitConsul(waitMs: number): Promise<void> {
    if (this.#consul === null) throw new StatementFailed('no Consul catalogue was given before this step')
    await this.#takeUp(await this.#consul.changed(waitMs))
  }

  async #takeUp({ apply, remove }: CatalogueChange): Promise<void> {
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
  async applyConfig(source: ConfigSource): Promise<void> {
    try {
      await this.giveConfig(source)
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

  /** Sends as often as the load says; what came of it is what the next `Then` looks at. */
  async send(from: Sender, { method, target, version }: RequestLine, message: Message = {}, load: Load = once): Promise<void> {
    const { headers = {}, body = '', certificate } = message
    const tls = this.#certificates.client(certificate === undefined ? null : await this.#certificates.ofClient(certificate))
    const secure = target.startsWith('https:')
    const protocol = version ? protocolOfVersion[version] : null
    await this.#sendCall({ from, method, target, headers, body, ...(secure && { tls }), ...(protocol && { protocol }) }, load)
  }

  /** @param target `grpc://shop:7070/shop.Stock/Get`, or at the gateway a path */
  async callGrpc(from: Sender, target: string, messages: readonly string[], headers: Message['headers'] = {}, times = 1): Promise<void> {
    await this.#openStream(from, grpcCall(target), messages, headers, times)
  }

  /** Says all messages, and closes it when they are answered. @param target `ws://shop/chat`, or at the gateway a path */
  async openWebSocket(from: Sender, target: string, messages: readonly string[], headers: Message['headers'] = {}): Promise<void> {
    await this.#openStream(from, webSocketCall(target), messages, headers, 1)
  }

  async #openStream(
    from: Sender,
    opened: ReturnType<typeof grpcCall>,
    messages: readonly string[],
    headers: NonNullable<Message['headers']>,
    times: number,
  ): Promise<void> {
    const tls = opened.target.startsWith('https:') ? { tls: this.#certificates.client(null) } : {}
    await this.#sendCall({ from, ...opened, headers: { ...opened.headers, ...headers }, body: '', messages, ...tls }, { times, concurrency: 1 })
  }

  /** A line over a connection of its own, or in a datagram. @param url `tcp://db:5432`, `udp://dns:53` */
  async sendBytes(from: Sender, url: string, line: string, times = 1): Promise<void> {
    const method = url.slice(0, url.indexOf(':')).toUpperCase()
    await this.#sendCall({ from, method, target: url, headers: {}, body: `${line}\n` }, { times, concurrency: 1 })
  }

  /** As a person with a browser: signs in first, and keeps the cookie. @param user `null` for nobody */
  async openPage(user: string | null, path: string, times = 1): Promise<void> {
    const headers = user === null ? {} : { cookie: this.#cookies.get(user) ?? (await this.#signIn(user)) }
    await this.send({ kind: 'client' }, { method: 'GET', target: path }, { headers }, { times, concurrency: 1 })
  }

  async elapse(ms: number): Promise<void> {
    this.refusal.assertLookedAt()
    await (await this.mesh.use()).elapse(ms)
  }

  async pods(): Promise<readonly PodStatus[]> {
    this.refusal.assertLookedAt()
    return (await this.mesh.use()).pods()
  }

  /**
   * @param services that the statement names
   * @throws StatementFailed with the check's complaint
   */
  expect(check: Check, services: readonly ServiceRef[] = []): void {
    this.#assertJudgeable(services)
    if (this.#load !== null && this.evidence.last.length < this.#load.load.times)
      throw new Undecided(
        'the requests were not all sent: shares were decided by fewer, and then the config changed. Write this step before the change',
      )
    const complaint = check(this.evidence.last, this.#checkContext())
    if (complaint !== undefined) throw new StatementFailed(this.#withDoubts(complaint))
  }

  /**
   * Statements about shares that are to hold at once. On a wall clock they take as many requests as it needs to decide them, be it fewer than the `When`
   * says or more. @throws StatementFailed, Undecided
   */
  async expectShares(statements: readonly ShareStatement[], services: readonly ServiceRef[] = []): Promise<void> {
    this.refusal.assertLookedAt()
    if (this.#load === null) throw new StatementFailed(nothingSent)
    if (this.#load.looks.length === 0) await this.#load.sendAll(this.#load.load.concurrency)
    this.#assertJudgeable(services)
    const { tests } = this.evidence
    const before = tests.length
    try {
      const complaint = await decideShares(statements, this.#load, this.#checkContext(this.run.spending?.next()))
      if (complaint !== undefined) throw new StatementFailed(this.#withDoubts(complaint))
    } finally {
      for (const test of tests.slice(before)) this.log(describeTest(test))
    }
  }

  /** Sends what the last `When` has not sent yet, before a step that needs it. @returns null when there is nothing to do */
  settleLoad(options: StepOptions | undefined): Promise<void> | null {
    const load = this.#load
    if (load === null || load.left === 0 || options?.unsent === 'taken-as-needed') return null
    if (options?.unsent !== 'dropped-if-decided' || this.evidence.tests.length === this.#testsBefore) return load.complete()
    load.close()
    return null
  }

  #assertJudgeable(services: readonly ServiceRef[]): void {
    this.refusal.assertLookedAt()
    if (this.evidence.last.length === 0) throw new StatementFailed(nothingSent)
    this.#assertAllModelled()
    for (const service of services) this.mesh.opened?.assertKnown?.(service)
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

  /** @throws NotSupported always */
  unsupported(capability: Capability, reason: string): never {
    throw new NotSupported(capability, reason)
  }

  async close(): Promise<void> {
    await this.#scene?.mesh.close()
  }

  async #sendCall(call: Call, load: Load): Promise<void> {
    this.refusal.assertLookedAt()
    await this.#deployAwaited()
    const session = await this.mesh.use()
    this.#load = new LoadInProgress(session, call, load, this.evidence, this.run.budget)
    this.#testsBefore = this.evidence.tests.length
    const atOnce = this.run.target.clock === 'virtual' ? load.times : load.concurrency > 1 ? 0 : 1
    await this.#load.sendAll(Math.min(atOnce, load.times))
  }

  async #deployAwaited(): Promise<void> {
    if (!this.#awaitsNames) return
    await this.deployServicesNamed()
    if (this.#awaitsNames) throw new StatementFailed('no config was given before this step, so it names no services, which the scenario asks for')
  }

  async #signIn(user: string): Promise<string> {
    this.refusal.assertLookedAt()
    const cookie = cookieOf(await (await this.mesh.use()).send(loginCall(user)), user)
    this.#cookies.set(user, cookie)
    return cookie
  }

  async #give(source: ConfigSource): Promise<void> {
    const resources = this.#read(source)
    await this.prepare((session) => session.apply(resources))
  }

  #read(source: ConfigSource): readonly Resource[] {
    const { configs, docStrings } = this.#need()
    return 'name' in source ? configs.file(source.name, this.namespace) : configs.text(source.text, docStrings.place(source.text), this.namespace)
  }

  /** @throws NotSupported: no verdict may rest on config that was ignored */
  #assertAllModelled(): void {
    const ignored = this.mesh.opened?.notModelled() ?? []
    if (ignored.length > 0) throw new NotSupported('config', ignored.join('; '))
  }

  #withDoubts(complaint: string): string {
    const doubts = this.mesh.opened?.doubts?.() ?? []
    return doubts.length === 0 ? complaint : `${complaint}\nWhat may be why:\n${doubts.map((doubt) => `  ${doubt}`).join('\n')}`
  }

  #checkContext(alpha = this.run.settings.alpha): CheckContext {
    const { run, mesh, configs } = this.#need()
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
      behind: session?.behind?.bind(session) ?? null,
      record: (test) => this.evidence.tests.push(test),
    }
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

function describeTest({ statement, requests, seen, exact, alpha, beta, delta }: StatisticalTest): string {
  const rates = `false alarms ${Number(alpha.toPrecision(3))}, misses of ${percent(delta)} ${exact ? '0: the exact odds are known' : String(beta)}`
  return `${statement}: ${percent(seen)} of ${requests} (${rates})`
}
