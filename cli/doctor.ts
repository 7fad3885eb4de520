import { findEnvoy, lookEverywhere } from '../support/targets/envoy/find-envoy.ts'
import { MeshSpecError } from '../mesh-core/config/errors.ts'
import type { EnvoyCandidate } from '../support/targets/envoy/find-envoy.ts'
import { exitCodes } from './output/exit-codes.ts'
import { ownVersion } from '../support/package.ts'

/**
 * Says what is there of all that targets need, and how to get the rest.
 * @returns the exit code: 0 when every target of this machine can run
 */
export async function doctor(): Promise<number> {
  process.stdout.write(`meshspec ${ownVersion()}, Node ${process.versions.node}, ${process.platform} ${process.arch}\n`)
  process.stdout.write(`core: needs nothing\ncluster: ${await clusterOf()}\ncharts: ${await helmOf()}\n`)
  for (const candidate of await lookEverywhere()) process.stdout.write(`envoy: ${describe(candidate)}\n`)
  try {
    const { path, version } = await findEnvoy()
    process.stdout.write(`envoy: would run ${path} (${version})\n`)
    return exitCodes.held
  } catch (error) {
    process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return exitCodes.wrongInput
  }
}

/** Which one would be asked; nobody is. */
async function clusterOf(): Promise<string> {
  const { loadKubeConfig } = await import('../support/targets/cluster/kube/kube-config.ts')
  try {
    const config = await loadKubeConfig({ kubeconfig: null, context: null, allowProduction: true })
    return `would ask ${config.getCurrentCluster()?.server} (context ${config.getCurrentContext()})`
  } catch (error) {
    return `${error instanceof MeshSpecError ? error.details.problem : String(error)}; --kubeconfig FILE names a cluster, --gateway URL a gateway`
  }
}

async function helmOf(): Promise<string> {
  const { helmProgram, helmVersion } = await import('../support/charts/helm.ts')
  const version = await helmVersion()
  return version === null ? `there is no ${helmProgram()}; scenarios with charts are not supported` : `${helmProgram()} (${version}) ok`
}

function describe({ source, path, version, problem }: EnvoyCandidate): string {
  const what = path === null ? '' : ` ${path}${version === null ? '' : ` (${version})`}`
  return `${source}:${what}${problem === null ? ' ok' : path === null ? ` ${problem}` : `: ${problem}`}`
}
