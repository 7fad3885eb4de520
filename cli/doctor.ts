import { findEnvoy, lookEverywhere } from '../support/targets/envoy/find-envoy.ts'
import type { EnvoyCandidate } from '../support/targets/envoy/find-envoy.ts'
import { exitCodes } from './exit-codes.ts'
import { ownVersion } from './package-root.ts'

/**
 * Says what is there of all that targets need, and how to get the rest.
 * @returns the exit code: 0 when every target of this machine can run
 */
export async function doctor(): Promise<number> {
  process.stdout.write(`meshspec ${ownVersion()}, Node ${process.versions.node}, ${process.platform} ${process.arch}\n`)
  process.stdout.write('core: needs nothing\ncluster: needs a live mesh behind the URL of its gateway (--gateway)\n')
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

function describe({ source, path, version, problem }: EnvoyCandidate): string {
  const what = path === null ? '' : ` ${path}${version === null ? '' : ` (${version})`}`
  return `${source}:${what}${problem === null ? ' ok' : path === null ? ` ${problem}` : `: ${problem}`}`
}
