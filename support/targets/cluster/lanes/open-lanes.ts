import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cleanUp } from '../run/restore/clean-up.ts'
import { mayBringIngress, reachCluster, tellMissing } from '../run/access/cluster-access.ts'
import type { ClusterAccess, RunSettings } from '../run/access/cluster-access.ts'
import { newRunId } from '../run/run-id.ts'
import { takeLease } from '../run/lease/take-lease.ts'
import { wholeOf } from './lane.ts'
import type { LaneSettings } from './lane.ts'
import { LaneKeeper } from './lane-keeper.ts'

/** Lets several processes be one run against a cluster. */
export interface Lanes {
  readonly settings: LaneSettings
  close(): Promise<void>
}

/** Why scenarios of a run cannot be told apart when they run at the same time; `null` when they can, as far as the settings go. */
function whyOneByOne(settings: RunSettings): string | null {
  return mayBringIngress(settings) ? null : 'they have namespaces and a gateway of their own with --deploy, without --namespaces and --gateway'
}

/**
 * @returns what the processes are to be told; or why there is to be only one
 * @throws MeshSpecError CLUSTER_UNREACHABLE, CLUSTER_DENIED, CLUSTER_BUSY, INVALID_SETTING
 */
export async function openLanes(settings: RunSettings, warn: (text: string) => void): Promise<Lanes | string> {
  const reason = whyOneByOne(settings)
  if (reason !== null) return reason
  const access = await reachCluster(settings)
  if (access.bringsIngress) {
    tellMissing(access, warn)
    return lead(access, warn)
  }
  access.objects.api.close()
  return `not permitted: ${access.permissions.missingFor('own-gateway').join(', ') || 'what a gateway and services of the run take'}`
}

async function lead({ objects, mesh, permissions }: ClusterAccess, warn: (text: string) => void): Promise<Lanes> {
  const run = newRunId()
  const keeper = new LaneKeeper()
  const lease = await takeLease({ objects, mesh, run, warn, onLost: (why) => keeper.tell({ lost: why }) })
  const folder = mkdtempSync(join(tmpdir(), 'meshspec-lanes-'))
  const socket = process.platform === 'win32' ? `\\\\.\\pipe\\meshspec-${run}` : join(folder, 'keeper')
  await keeper.listen(socket)
  return {
    settings: { run, keeper: socket, missing: permissions.missing },
    close: async () => {
      keeper.close()
      rmSync(folder, { recursive: true, force: true })
      await finishParts(run, warn)
      await lease.release().catch(() => {})
      objects.api.close()
    },
  }
}

/** What a process that has died has left. */
async function finishParts(run: string, warn: (text: string) => void): Promise<void> {
  await cleanUp({ kubeconfig: null, context: null, dryRun: false, say: (line) => warn(`${line}\n`), of: (part) => wholeOf(part) === run })
}
