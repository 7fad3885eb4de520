import { exitCodes } from './output/exit-codes.ts'

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
  const { cleanUp } = await import('../support/targets/cluster/run/restore/clean-up.ts')
  const { cleaned, failed, alone } = await cleanUp({
    kubeconfig: kubeconfig ?? null,
    context: context ?? null,
    dryRun,
    say: (line) => void process.stdout.write(`${line}\n`),
  })
  const isOfCluster = (kubeconfig ?? context) !== undefined
  if (cleaned + failed + alone === 0)
    process.stdout.write(
      isOfCluster
        ? 'nothing is left of any run\n'
        : 'nothing is left of any run of this machine; --context or --kubeconfig names a cluster in which runs of others may have left something\n',
    )
  return failed > 0 ? exitCodes.failed : exitCodes.held
}
