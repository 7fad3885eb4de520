import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import type { PodAgent, PodCall } from '../../pods/agent.ts'
import { workloadLabel } from '../../pods/pod-manifests.ts'
import { proxy } from '../../pods/pod.ts'
import type { Pod } from '../../pods/pod.ts'
import { barrierPort, statsPort } from '../../pods/gateway-ports.ts'
import { questionMs, stillWarming } from '../gateways/probed-proxy.ts'
import type { ProbedProxy } from '../gateways/probed-proxy.ts'
import { runLabel } from '../restore/restore.ts'

/** A gateway that a scenario has deployed itself, as egress gateways are. */
export interface Router {
  readonly namespace: string
  /** As its pods are labelled: `istio-egressgateway`. */
  readonly workload: string
  readonly run: string
}

const gauges = 'envoy_cluster_manager_warming_clusters|envoy_listener_manager_total_listeners_warming'

/** Pods of gateways that the run has deployed for the scenario. */
export function routerPods(pods: readonly Pod[]): readonly Pod[] {
  return pods.filter(({ container, sidecar, ready, labels }) => container === proxy && !sidecar && ready && labels[workloadLabel] !== undefined)
}

/** Each gateway once. */
export function routersOf(pods: readonly Pod[]): readonly Router[] {
  const all = routerPods(pods).map(({ namespace, labels }) => ({ namespace, workload: labels[workloadLabel]!, run: labels[runLabel] ?? '' }))
  return all.filter(({ namespace, workload }, i) => i === all.findIndex((other) => other.namespace === namespace && other.workload === workload))
}

/** A server of the barrier's own at the gateway, and its answer. */
export function barrierAt({ namespace, workload, run }: Router, host: string, generation: string): readonly KubeObject[] {
  const name = `meshspec-barrier-${workload.toLowerCase()}`
  const metadata = { name, namespace }
  const selector = { [workloadLabel]: workload, [runLabel]: run }
  const servers = [{ port: { number: barrierPort, name: 'http-meshspec-barrier', protocol: 'HTTP' }, hosts: [host] }]
  const http = [{ directResponse: { status: 200, body: { string: generation } } }]
  const apiVersion = 'networking.istio.io/v1'
  return [
    { apiVersion, kind: 'Gateway', metadata, spec: { selector, servers } },
    { apiVersion, kind: 'VirtualService', metadata, spec: { hosts: [host], gateways: [name], http } },
  ]
}

/** A policy or a filter answers in the place of the barrier; 404 says that its route is not there yet. */
function isKeptOut(status = 0): boolean {
  return status >= 400 && status !== 404
}

const question = { secure: false, method: 'GET', body: '', elsewhere: false }

/**
 * A gateway's pod, asked from another pod for the generation that its routes have, and whether what came before them is in use: a push brings clusters and
 * listeners before routes, and either may wait for secrets. Source: Istio `pilot/pkg/xds/ads.go` (PushOrder).
 * @param name as it is told
 * @param asker `null`: no pod of the run can ask
 * @param told asks its proxy itself, where policies keep questions out, or nobody can ask from outside
 */
export function probedRouter(name: string, { ip }: Pick<Pod, 'ip'>, asker: Pick<PodAgent, 'call'> | null, told: ProbedProxy['ask']): ProbedProxy {
  const ask = (port: number, path: string, host: string) =>
    asker!.call({ ...question, timeoutMs: questionMs, host: ip, port, path, headers: ['host', host] } satisfies PodCall)
  return {
    name,
    ask: async (barrier, wanted) => {
      if (asker === null) return told(barrier, wanted)
      const { status, body = null } = await ask(barrierPort, '/', barrier)
      if (isKeptOut(status)) return told(barrier, wanted)
      if (body !== wanted) return body
      const stats = await ask(statsPort, `/stats/prometheus?usedonly&filter=${encodeURIComponent('warming')}`, 'localhost')
      return stats.status === 200 && new RegExp(`^(?:${gauges})\\{[^}]*\\} [1-9]`, 'm').test(stats.body ?? '') ? stillWarming : body
    },
  }
}
