import { existsSync, readFileSync } from 'node:fs'
import type { KubeConfig } from '@kubernetes/client-node'
import { clusterError } from './cluster-error.ts'

/** Where the credentials for the API come from. */
export interface KubeSettings {
  /** Path; `null`: `$KUBECONFIG`, `~/.kube/config`, or the service account of the pod that this runs in. */
  readonly kubeconfig: string | null
  /** `null`: the current one. */
  readonly context: string | null
  /** A context that looks like production is used all the same. */
  readonly allowProduction: boolean
}

/** @throws MeshSpecError INVALID_SETTING for a file or a context that is not there; CLUSTER_REFUSED for production */
export async function loadKubeConfig({ kubeconfig, context, allowProduction }: KubeSettings): Promise<KubeConfig> {
  const { KubeConfig: Config } = await import('@kubernetes/client-node')
  const config = new Config()
  try {
    if (kubeconfig === null) config.loadFromDefault()
    else if (existsSync(kubeconfig)) config.loadFromFile(kubeconfig)
    else throw new Error('there is no such file')
  } catch (error) {
    const problem = `the kubeconfig ${kubeconfig ?? process.env['KUBECONFIG'] ?? ''} cannot be read: ${whyUnread(error)}`
    throw clusterError('INVALID_SETTING', problem.replace('  ', ' '), 'name another one with --kubeconfig')
  }
  if (kubeconfig === null && isLastResort(config))
    throw clusterError(
      'INVALID_SETTING',
      'there is no kubeconfig, and this is no pod of a cluster',
      'name a kubeconfig with --kubeconfig FILE; run and conformance do without with --gateway http://HOST:PORT',
    )
  if (context !== null) select(config, context)
  assertWhole(config)
  if (!allowProduction) assertNoProduction(config)
  return config
}

/** What the client takes where it finds nothing: the address that API servers had before they knew TLS. */
function isLastResort(config: KubeConfig): boolean {
  return config.getCurrentContext() === 'loaded-context' && config.getCurrentCluster()?.server === 'http://localhost:8080'
}

function select(config: KubeConfig, context: string): void {
  if (!config.getContextObject(context))
    throw clusterError('INVALID_SETTING', `the kubeconfig has no context ${JSON.stringify(context)}`, `there are ${names(config)}`)
  config.setCurrentContext(context)
}

/** The library reads on where there is nothing: an empty file, or a list. */
function whyUnread(error: unknown): string {
  if (error instanceof TypeError) return 'it is empty, or no kubeconfig'
  return error instanceof Error ? error.message : String(error)
}

/** @throws MeshSpecError INVALID_SETTING for what the current context lacks to reach a cluster by */
function assertWhole(config: KubeConfig): void {
  const current = config.getCurrentContext()
  const context = config.getContextObject(current)
  const missing = (problem: string, hint: string | null): Error => clusterError('INVALID_SETTING', problem, hint)
  if (config.getContexts().length === 0) throw missing('the kubeconfig has no contexts', 'name another one with --kubeconfig')
  if (!context) throw missing('the kubeconfig names no current context', `write --context with one of ${names(config)}`)
  const cluster = config.getCurrentCluster()
  if (!cluster) throw missing(`the context ${current} is of the cluster ${JSON.stringify(context.cluster)}, which the kubeconfig does not have`, null)
  const user = config.getCurrentUser()
  for (const file of [cluster.caFile, user?.certFile, user?.keyFile]) {
    const why = file ? whyUnreadable(file) : null
    if (why !== null) throw missing(`the context ${current} names the file ${file}, which cannot be read (${why})`, null)
  }
}

/** @returns the system's code; `null` for a file that can be read */
function whyUnreadable(file: string): string | null {
  try {
    readFileSync(file)
    return null
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  }
}

function names(config: KubeConfig): string {
  return (
    config
      .getContexts()
      .map(({ name }) => name)
      .join(', ') || 'none'
  )
}

/** Word by word, so that `product-catalog-test` is none. */
const production = /(?:^|[^a-z0-9])(?:prod|prd|production|live)(?:[0-9]*)(?:[^a-z0-9]|$)/i

/** @throws MeshSpecError CLUSTER_REFUSED */
function assertNoProduction(config: KubeConfig): void {
  const context = config.getContextObject(config.getCurrentContext())
  const looked = [config.getCurrentContext(), context?.cluster ?? '', hostOf(config.getCurrentCluster()?.server ?? '')]
  const found = looked.find((name) => production.test(name))
  if (found === undefined) return
  const problem = `the context ${config.getCurrentContext()} looks like production (${found}): a run deploys, changes config and sends requests`
  throw clusterError('CLUSTER_REFUSED', problem, 'if that is meant, write --allow-production; else name another --context')
}

function hostOf(server: string): string {
  return URL.canParse(server) ? new URL(server).hostname : ''
}
