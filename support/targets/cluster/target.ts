import { MeshSpecError } from '../../../mesh-core/config/errors.ts'
import type { Settings } from '../../settings.ts'
import type { Capability, MeshSession, Target } from '../target.ts'
import { createConfigCommands } from './config-commands.ts'
import type { ConfigCommands } from './config-commands.ts'
import { GatewayClient } from './gateway-client.ts'
import { ScenarioConfig } from './scenario-config.ts'
import { ClusterSession } from './session.ts'
import type { ClusterAccess } from './session.ts'
import { Settling } from './settling.ts'

/** What decides how the target reaches the mesh. */
export type ClusterSettings = Pick<Settings, 'gateway' | 'assumeConfig' | 'applyCommand' | 'deleteCommand' | 'settleMs'>

/**
 * A live mesh behind the endpoint of its gateway, which answers.
 * @throws MeshSpecError INVALID_SETTING, TARGET_UNREACHABLE
 */
export default async function reachClusterTarget(settings: ClusterSettings): Promise<Target> {
  const { client, target } = assemble(settings)
  await client.probe()
  return target
}

/** @throws MeshSpecError INVALID_SETTING */
export function createClusterTarget(settings: ClusterSettings): Target {
  return assemble(settings).target
}

function assemble(settings: ClusterSettings): { readonly client: GatewayClient; readonly target: Target } {
  if (settings.gateway === null) throw missingGateway()
  const commands = settings.applyCommand === null ? null : createConfigCommands(settings.applyCommand, settings.deleteCommand)
  const client = new GatewayClient(settings.gateway)
  const access = { client, settling: new Settling(settings.settleMs), assumeConfig: settings.assumeConfig, found: new Set<'bookinfo'>() }
  return { client, target: new ClusterTarget(access, commands) }
}

class ClusterTarget implements Target {
  readonly name = 'cluster'
  readonly clock = 'wall'
  readonly capabilities: ReadonlySet<Capability>
  readonly #access: ClusterAccess
  readonly #commands: ConfigCommands | null

  constructor(access: ClusterAccess, commands: ConfigCommands | null) {
    this.#access = access
    this.#commands = commands
    // `path` as far as an answer tells: an exchange whose answer does not says so itself.
    const always: Capability[] = ['gateway-calls', 'served-by', 'path']
    const withConfig: Capability[] = commands ? ['config', 'config-rejection'] : access.assumeConfig ? ['config'] : []
    this.capabilities = new Set([...always, ...withConfig])
  }

  async open(): Promise<MeshSession> {
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
