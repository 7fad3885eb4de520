import { fqdnOf } from '../../analyze/hosts.ts'
import { type Fields, type Inventory, kinds, labelsOf, scalerKind, specOf } from '../../analyze/inventory.ts'
import type { Resource } from '../../config/resource.ts'
import { selects } from '../../registry/labels.ts'
import type { Adviser } from '../advice.ts'
import { adviceTypes } from '../advice-types.ts'
import { evidenceOf, trialOf } from '../rules/trial.ts'
import { Stage } from '../stage.ts'
import { policiesOf } from './hash-without-header.ts'

/**
 * A pod is put out only where 100 × (those that are out + 1) / pods is at most `maxEjectionPercent`, 10 unless something else is written: below ten pods none ever
 * is. Source: Envoy `outlier_detection_impl.cc` ejectHost.
 */
export const neverEjects: Adviser = {
  name: 'traps.NeverEjects',
  inputs: [kinds.destinationRule],
  async advise(mesh, advise) {
    for (const resource of mesh.all(kinds.destinationRule))
      for (const { policy, path, labels } of policiesOf(resource)) {
        const detection = policy.outlierDetection as Fields | undefined
        const host = fqdnOf(String(specOf(resource).host), resource.namespace)
        const pods = detection ? podsOf(host, labels, mesh) : 0
        const most = Number(detection?.maxEjectionPercent ?? 0) || unlessWritten
        if (!detection || path.includes('subsets') || pods === 0 || 100 / pods <= most) continue
        const trial = trialOf(host, resource.namespace, mesh)
        const asked = await stillAsked(resource, host, pods, mesh)
        if (asked < pods) continue
        const least = Math.ceil(100 / pods)
        advise({
          type: adviceTypes.neverEjects,
          args: [`one of ${pods} is ${Number((100 / pods).toFixed(1))}%, and at most ${most}% may be`],
          resource,
          path: [...path, 'outlierDetection', ...(detection.maxEjectionPercent === undefined ? [] : ['maxEjectionPercent'])],
          hint: `write maxEjectionPercent: ${least} for one pod, 100 for all`,
          proof: [
            evidenceOf(
              trial,
              ['mesh'],
              `after ${failuresOf(resource, pods)} answers of 503 ${pods === 1 ? 'the pod is' : `all ${pods} pods are`} still asked`,
            ),
          ],
        })
      }
  },
}

/** In percent, Envoy's own; istiod leaves 0 out. Source: Istio `core/cluster_traffic_policy.go` applyOutlierDetection. */
const unlessWritten = 10

const replicated = ['apps/Deployment', 'apps/StatefulSet']

/** Pods of a service, with those that Deployments will make; 0 where that is not known. */
function podsOf(host: string, subset: Fields, mesh: Inventory): number {
  const [name = '', namespace = '', kind] = host.split('.')
  const selector = kind === 'svc' ? specOf(mesh.find(kinds.service, namespace, name) ?? nothing).selector : null
  if (!selector || Object.keys(selector).length === 0) return 0
  const wanted = { ...selector, ...subset }
  const workloads = replicated.flatMap((one) => mesh.everywhereIn(one, namespace))
  const isOf = (labels: Fields | undefined): boolean => selects(wanted, labels ?? {})
  if (mesh.everywhere(scalerKind).some((scaler) => workloads.some((one) => specOf(scaler).scaleTargetRef?.name === one.name))) return 0
  const made = workloads
    .filter((one) => isOf(specOf(one).template?.metadata?.labels))
    .reduce((sum, one) => sum + Number(specOf(one).replicas ?? 1), 0)
  return made > 0 ? made : mesh.everywhereIn(kinds.pod, namespace).filter((pod) => isOf(labelsOf(pod))).length
}

const nothing = { object: {} } as unknown as Resource

/** More than enough for every pod to fail as often as it may, whatever the balancer does. */
function failuresOf(resource: Resource, pods: number): number {
  const { consecutive5xxErrors = 5, consecutiveGatewayErrors = 0 } = (policiesOf(resource)[0]?.policy.outlierDetection ?? {}) as Fields
  return Math.min(2000, 4 * pods * Math.max(Number(consecutive5xxErrors), Number(consecutiveGatewayErrors), 5))
}

/** How many pods are asked after all have failed. */
async function stillAsked(rule: Resource, host: string, pods: number, mesh: Inventory): Promise<number> {
  const trial = trialOf(host, rule.namespace, mesh)
  const stage = new Stage({ mesh, rules: [rule], cast: [{ host, pods: [{ labels: {}, replicas: pods }] }], status: 503 }, trial)
  for (let i = 0; i < failuresOf(rule, pods); i++) await stage.send(trial)
  await stage.mesh.elapse(1500)
  const asked = new Set<string>()
  for (let i = 0; i < 20 * pods; i++) {
    const to = (await stage.send(trial)).hops[0]?.to
    if (to) asked.add(to.instance)
  }
  return asked.size
}
