import { assertOfLiveMesh } from './as-it-is.ts'
import { KubeSession } from './kube-session.ts'
import { assertTelling } from './observe/find-sources.ts'
import { ClusterRun } from './run/cluster-run.ts'
import type { RunSettings } from './run/access/cluster-access.ts'
import type { Capability, MeshFacts, MeshSession, ScenarioInfo, Target } from '../target.ts'

/**
 * A live mesh whose cluster's Kubernetes API is there.
 * @throws MeshSpecError CLUSTER_UNREACHABLE, CLUSTER_DENIED, CLUSTER_BUSY, CLUSTER_REFUSED, INVALID_SETTING
 */
export async function openKubeTarget(settings: RunSettings): Promise<Target> {
  return new KubeTarget(await ClusterRun.open(settings, (text) => void process.stderr.write(text)))
}

class KubeTarget implements Target {
  readonly name = 'cluster'
  readonly clock = 'wall'
  readonly capabilities: ReadonlySet<Capability>
  readonly #run: ClusterRun

  constructor(run: ClusterRun) {
    this.#run = run
    const all: readonly Capability[] = [
      'config',
      'config-rejection',
      'gateway-calls',
      'in-mesh-calls',
      'workloads',
      'behaviour',
      'served-by',
      'path',
      'received',
      'application-tls',
      'pods',
      'telemetry',
    ]
    const needsPods: readonly Capability[] = ['behaviour', 'received', 'application-tls']
    const denied = all.filter(
      (capability) =>
        (capability !== 'gateway-calls' && run.isDenied(capability)) || (run.isDenied('in-mesh-calls') && needsPods.includes(capability)),
    )
    this.capabilities = new Set(all.filter((capability) => !denied.includes(capability)))
  }

  mesh(): MeshFacts {
    const { mesh, settings, objects } = this.#run
    const notes = [
      `context ${objects.api.config.getCurrentContext()}`,
      ...(mesh.revision ? [`revision ${mesh.revision}`] : []),
      ...(this.#run.meshConfig ? ['scenarios might change the config of the whole mesh, which is put back (--mesh-config)'] : []),
      ...(settings.insecure ? ['certificates of gateways were not verified (--insecure)'] : []),
    ]
    return { name: 'Istio', version: mesh.version, notes }
  }

  async open(scenario: ScenarioInfo): Promise<MeshSession> {
    assertOfLiveMesh(scenario, this.#run.settings.spec ?? false)
    await this.#run.objects.api.awaitReturn()
    await this.#run.controlPlane.assertThere()
    if (scenario.asksTelemetryFirst) assertTelling(await this.#run.sources())
    await this.#run.hold('own')
    return new KubeSession(this.#run, scenario)
  }

  close(): Promise<void> {
    return this.#run.close()
  }
}
