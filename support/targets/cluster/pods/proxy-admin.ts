import type { KubeConfig } from '@kubernetes/client-node'
import { NotSupported } from '../../target.ts'
import { exec } from '../kube/exec.ts'
import { proxy } from './pod.ts'
import type { Pod } from './pod.ts'

export type AskAdmin = (pod: Pick<Pod, 'namespace' | 'name'>, path: string) => Promise<string | null>

/**
 * What Envoy's administration interface tells inside a pod. Source: Istio, `pilot-agent request`.
 * @param path without the first slash: `clusters`
 * @returns `null` where it does not tell
 * @throws NotSupported where nobody is let in to ask
 */
export function proxyAdmin(config: KubeConfig): AskAdmin {
  return async ({ namespace, name }, path) => {
    try {
      const { code, stdout } = await exec(config, { namespace, pod: name, container: proxy }, ['pilot-agent', 'request', 'GET', path])
      return code === 0 ? stdout : null
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== 'CLUSTER_DENIED') return null
      throw new NotSupported(
        'gateway-calls',
        `not permitted: create pods/exec in ${namespace}, by which the proxy of pod ${name} is asked what it has`,
      )
    }
  }
}
