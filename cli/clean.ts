import { exitCodes } from './exit-codes.ts'

/** As commander reads them. */
export interface CleanOptions {
  readonly kubeconfig?: string
  readonly context?: string
  readonly dryRun?: boolean
}

/**
 * Finishes the work of runs that were killed: what they made in a cluster is deleted, what stood before is restored.
 * @returns the exit code
 */
export async function clean({ kubeconfig, context, dryRun = false }: CleanOptions): Promise<number> {
  const { cleanUp } = await import('../support/targets/cluster/run/clean-up.ts')
  const { cleaned, failed } = await cleanUp({
    kubeconfig: kubeconfig ?? null,
    context: context ?? null,
    dryRun,
    say: (line) => void process.stdout.write(`${line}\n`),
  })
  if (cleaned + failed === 0) process.stdout.write('nothing is left of any run\n')
  return failed > 0 ? exitCodes.failed : exitCodes.held
}
