import type { PodAgent } from '../../pods/agent.ts'
import type { Pod } from '../../pods/pod.ts'
import { questionMs, stillWarming, type ProbedProxy } from '../gateways/probed-proxy.ts'

/** Nobody's address: whose host it is the sidecar sees. */
const question = { host: '192.0.2.1', port: 80, secure: false, method: 'GET', path: '/', body: '', timeoutMs: questionMs, elsewhere: false }

const warming = ['cluster_manager.warming_clusters', 'listener_manager.total_listeners_warming']
const draining = ['listener_manager.total_listeners_draining', 'listener_manager.total_filter_chains_draining']

/**
 * A cluster or a listener that has been changed is not used before it has its endpoints, routes and secrets, or has waited for them for as long as it may
 * (`initial_fetch_timeout`): until then the old one serves on, whatever the routes say. One that is left serves the connections that it has for its drain time.
 * Source: Envoy, "Cluster warming", "Listener discovery service", "Draining".
 */
async function isAny(agent: PodAgent, gauges: readonly string[]): Promise<boolean> {
  const filter = encodeURIComponent(`^(${gauges.map((gauge) => gauge.replace('.', '\\.')).join('|')})$`)
  const admin = { ...question, host: '127.0.0.1', port: 15_000, path: `/stats?usedonly&filter=${filter}`, headers: ['host', 'localhost'] }
  const { status, body = '', error } = await agent.call(admin)
  // Who has no such interface refuses the connection; one that is busy may tell later.
  if (status === undefined) return error !== 'ECONNREFUSED'
  return status === 200 && /: [1-9]/.test(body)
}

/** `/clusters` of the sidecar's admin interface; `null`: it does not answer. */
export async function clustersOf(agent: PodAgent): Promise<string | null> {
  const { status, body } = await agent.call({ ...question, host: '127.0.0.1', port: 15_000, path: '/clusters', headers: ['host', 'localhost'] })
  return status === 200 ? (body ?? null) : null
}

/** Is there a sidecar that answers? */
export function isAsked({ sidecar, ready, readyContainers }: Pod): boolean {
  return sidecar && (ready || readyContainers > 0)
}

/** @param drained do connections that are open have to be served by the new config as well? */
export function probedSidecar(name: string, agent: PodAgent, drained: boolean): ProbedProxy {
  const gauges = drained ? [...warming, ...draining] : warming
  const ask = async (host: string, wanted: string): Promise<string | null> => {
    const seen = (await agent.call({ ...question, headers: ['host', host] })).body ?? null
    return seen === wanted && (await isAny(agent, gauges)) ? stillWarming : seen
  }
  return { name, ask }
}
