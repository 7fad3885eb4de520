import type { ConfigDesk } from './config-desk.ts'
import { readEchoTable } from './echo-services.ts'
import { StatementFailed } from '../verdicts/failure.ts'
import { asNamespace } from './namespace.ts'
import { ConsulCatalogue } from '../registry/consul.ts'
import type { ScenarioCertificates } from './scenario-certificates.ts'
import type { ScenarioSession } from '../runs/scenario-session.ts'
import { servicesNamedBy } from '../sentences/services-named.ts'
import type { Behaviour, PodStatus, ServiceRef } from '../targets/target.ts'

const bookinfoServices = ['productpage', 'details', 'reviews', 'ratings']

/** The services of a scenario, and how they behave. */
export class Application {
  /** Namespace of services and config that name none. */
  namespace = 'default'
  readonly #mesh: ScenarioSession
  readonly #configs: ConfigDesk
  readonly #certificates: ScenarioCertificates
  /** `name.namespace` of the services that the scenario has asked for by name. */
  readonly #deployed = new Set<string>()
  /** By namespace, as somebody has said. */
  readonly #sidecars = new Map<string, boolean>()
  /** Of services that the config names, but no config was given yet. */
  #awaitsNames = false
  /** Of services that are not there yet. */
  readonly #stated: Behaviour[] = []
  #consul: ConsulCatalogue | null = null

  constructor(mesh: ScenarioSession, configs: ConfigDesk, certificates: ScenarioCertificates) {
    this.#mesh = mesh
    this.#configs = configs
    this.#certificates = certificates
  }

  async deployBookinfo(namespace: string): Promise<void> {
    this.namespace = asNamespace(namespace)
    for (const name of bookinfoServices) this.#deployed.add(`${name}.${namespace}`)
    await this.#mesh.prepare((session) => session.deployBookinfo(namespace))
  }

  async deployEcho(table: readonly (readonly string[])[]): Promise<void> {
    const services = readEchoTable(table, this.namespace)
    for (const { name, namespace } of services) this.#deployed.add(`${name}.${namespace}`)
    await this.#mesh.prepare((session) => session.deployEcho(services))
  }

  /** Before any config they are those of all config that is given until something is sent. */
  async deployServicesNamed(): Promise<void> {
    const { given } = this.#configs
    this.#awaitsNames = given.length === 0
    if (this.#awaitsNames) return
    const services = servicesNamedBy(given).filter(({ name, namespace }) => !this.#deployed.has(`${name}.${namespace}`))
    await this.#mesh.prepare((session) => session.deployEcho(services))
  }

  /** Before something is sent or looked at: services that wait for config are deployed. @throws StatementFailed when none was given */
  async complete(): Promise<void> {
    if (this.#awaitsNames) await this.deployServicesNamed()
    if (this.#awaitsNames) throw new StatementFailed('no config was given before this step, so it names no services, which the scenario asks for')
    for (const behaviour of this.#stated.splice(0)) await this.#mesh.prepare((session) => session.setBehaviour(behaviour))
  }

  /** Of pods that come to be from now on. */
  async setSidecars(namespace: string, injected: boolean): Promise<void> {
    asNamespace(namespace)
    this.#sidecars.set(namespace, injected)
    await this.#mesh.prepare((session) => session.setSidecars(namespace, injected))
  }

  /** Whether the pods of the namespace have sidecars; `undefined`: nobody has said so. */
  sidecars(namespace: string): boolean | undefined {
    return this.#sidecars.get(namespace)
  }

  /** @throws StatementFailed for a status that no answer has */
  async behave(behaviour: Behaviour): Promise<void> {
    if (behaviour.kind === 'status' && (behaviour.status < 200 || behaviour.status > 599))
      throw new StatementFailed(`no service answers ${behaviour.status}: an answer has a status from 200 to 599`)
    if (this.#awaitsNames) this.#stated.push(behaviour)
    else await this.#mesh.prepare((session) => session.setBehaviour(behaviour))
  }

  /** @param trusted from the authority that clients of the scenario trust; @param asks clients for certificates of that one, too */
  async giveCertificate(service: ServiceRef, names: string, { trusted, asks }: { readonly trusted: boolean; readonly asks: boolean }): Promise<void> {
    const pair = await this.#certificates.server(names, trusted)
    await this.behave({ kind: 'certificate', service, pair, clientAuthority: asks ? await this.#certificates.authority() : null })
  }

  /** @throws MeshSpecError TARGET_UNREACHABLE */
  async readConsul(url: string): Promise<void> {
    this.#consul = new ConsulCatalogue(url, this.namespace)
    await this.#mesh.change(await this.#consul.read())
  }

  /** @throws StatementFailed without a catalogue; MeshSpecError TARGET_UNREACHABLE when nothing changes */
  async awaitConsul(waitMs: number): Promise<void> {
    if (this.#consul === null) throw new StatementFailed('no Consul catalogue was given before this step')
    await this.#mesh.change(await this.#consul.changed(waitMs))
  }

  async pods(): Promise<readonly PodStatus[]> {
    await this.complete()
    return (await this.#mesh.use()).pods()
  }
}
