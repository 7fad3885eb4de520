import { listPods } from '../../pods/pod.ts'
import type { Pod } from '../../pods/pod.ts'
import { NotYetProgrammed } from '../../../target.ts'
import type { ClusterRun } from '../cluster-run.ts'

type Run = Pick<ClusterRun, 'ownIngress' | 'objects' | 'namespaces'>

/** Pods of the ingress gateway that scenarios are answered by: of the run's own, else those with the label that Istio's has. */
export async function ingressPods({ ownIngress, objects, namespaces }: Run): Promise<readonly Pod[]> {
  const all =
    ownIngress === null
      ? [await listPods(objects, '', 'istio=ingressgateway')]
      : await Promise.all(namespaces.all.map((namespace) => listPods(objects, namespace, `istio=${ownIngress.label}`)))
  return all.flat().filter(({ ready }) => ready)
}

/** Of the run's own gateway, where its proxies may be asked; else none. @throws NotYetProgrammed where it has none that is ready, which it had a moment ago */
export async function ownIngressPods(run: Run & Pick<ClusterRun, 'isDenied'>): Promise<readonly Pod[]> {
  if (run.ownIngress === null || run.isDenied('in-mesh-calls')) return []
  const pods = await ingressPods(run)
  if (pods.length === 0) throw new NotYetProgrammed('not yet programmed: the ingress gateway of the run has ceased to be ready')
  return pods
}
