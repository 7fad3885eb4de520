import { MeshSpecError } from '../../../mesh-core/config/errors.ts'
import type { Settings } from '../../settings.ts'
import type { Capability, MeshSession, ScenarioInfo, Target } from '../target.ts'
import { assertOfLiveMesh } from './as-it-is.ts'
import { createConfigCommands } from './config-commands.ts'
import type { ConfigCommands } from './config-commands.ts'
import { GatewayClient } from './gateway-client.ts'
import { namedSources } from './observe/find-sources.ts'
import type { Sources } from './observe/watch.ts'
import { Pace } from './pace.ts'
import type { RunSettings } from './run/access/cluster-access.ts'
import { ScenarioConfig } from './scenario-config.ts'
import { ClusterSession } from './session.ts'
import type { ClusterAccess } from './session.ts'
import { Settling } from './settling.ts'

/** What decides how the target reaches the mesh by its gateway alone. */
export type EndpointSettings = Pick<Settings, 'gateway' | 'assumeConfig' | 'applyCommand' | 'deleteCommand' | 'settleMs'> &
  Partial<Pick<Settings, 'insecure' | 'rate' | 'spec'>>
export type ClusterSettings = EndpointSettings & RunSettings & Pick<Settings, 'dryRun' | 'showSecrets'>

/**
 * A live mesh: by the Kubernetes API of its cluster, or, where nothing but a gateway is named, behind the endpoint of that, which answers.
 * @throws MeshSpecError INVALID_SETTING, TARGET_UNREACHABLE, CLUSTER_UNREACHABLE …
 */
export default async function reachClusterTarget(settings: ClusterSettings): Promise<Target> {
  if (settings.dryRun) return new (await import('./plan/plan-target.ts')).PlanTarget(settings)
  if (hasApi(settings)) return (await import('./kube-target.ts')).openKubeTarget(settings)
  const { client, target } = assemble(settings, await namedSources(settings))
  await client.probe()
  return target
}

/** Whoever names a gateway and nothing else of a cluster has no access to its API, or wants none. */
export function hasApi({
  gateway,
  kubeconfig,
  context,
  namespaces,
  deploy,
}: Pick<Settings, 'gateway' | 'kubeconfig' | 'context' | 'namespaces' | 'deploy'>): boolean {
  return gateway === null || kubeconfig !== null || context !== null || namespaces.length > 0 || deploy
}

/** @throws MeshSpecError INVALID_SETTING */
export function createClusterTarget(settings: EndpointSettings): Target {
  return assemble(settings).target
}

function assemble(
  settings: EndpointSettings,
  named: Omit<Sources, 'logs'> = { tracers: [], prometheus: null },
): { readonly client: GatewayClient; readonly target: Target } {
  if (settings.gateway === null) throw missingGateway()
  const commands = settings.applyCommand === null ? null : createConfigCommands(settings.applyCommand, settings.deleteCommand)
  const client = new GatewayClient(settings.gateway, { insecure: settings.insecure ?? false })
  const pace = new Pace(settings.rate ?? null)
  const settling = new Settling(settings.settleMs ?? 0)
  const access = { client, pace, settling, assumeConfig: settings.assumeConfig, found: new Set<'bookinfo'>(), sources: { ...named, logs: null } }
  return { client, target: new ClusterTarget(access, commands, settings.spec ?? false) }
}

class ClusterTarget implements Target {
  readonly name = 'cluster'
  readonly clock = 'wall'
  readonly capabilities: ReadonlySet<Capability>
  readonly #access: ClusterAccess
  readonly #commands: ConfigCommands | null
  readonly #spec: boolean

  constructor(access: ClusterAccess, commands: ConfigCommands | null, spec: boolean) {
    this.#spec = spec
    this.#access = access
    this.#commands = commands
    // `path` as far as an answer tells: an exchange whose answer does not says so itself.
    const always: Capability[] = ['gateway-calls', 'served-by', 'path']
    const withConfig: Capability[] = commands ? ['config', 'config-rejection'] : access.assumeConfig ? ['config'] : []
    const isWatched = access.sources.tracers.length > 0 || access.sources.prometheus !== null
    this.capabilities = new Set([...always, ...withConfig, ...(isWatched ? (['telemetry'] as const) : [])])
  }

  async open(scenario: ScenarioInfo): Promise<MeshSession> {
    assertOfLiveMesh(scenario, this.#spec)
    return new ClusterSession(this.#access, this.#commands && new ScenarioConfig(this.#commands))
  }

  async close(): Promise<void> {}
}

function missingGateway(): MeshSpecError {
  return new MeshSpecError({
    code: 'INVALID_SETTING',
    origin: null,
    place: null,
    problem: 'the target "cluster" needs to know the gateway of the mesh',
    hint: 'write --gateway http://HOST:PORT',
  })
}
