import type { Labels } from '../registry/labels.ts'
import { selects } from '../registry/labels.ts'
import { managedBy } from '../registry/managed-gateways.ts'
import type { WorkloadInstance } from '../registry/registry.ts'

export interface TargetRef {
  readonly group?: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

/** Whom a policy is for. */
export interface PolicyTarget {
  readonly namespace: string
  readonly labels: Labels
  /** Names of the Gateways that it is for; `null`: the labels decide. */
  readonly gateways: readonly string[] | null
}

/** Of a policy that names targets only Gateways of its own namespace count: what else can be named is for waypoints. */
export function policyTarget(namespace: string, labels: Labels | undefined, targets: readonly TargetRef[]): PolicyTarget {
  const own = targets.filter(
    (target) => target.group === 'gateway.networking.k8s.io' && target.kind === 'Gateway' && (target.namespace || namespace) === namespace,
  )
  return { namespace, labels: labels ?? {}, gateways: targets.length === 0 ? null : own.map(({ name }) => name) }
}

/** Source: Istio `pilot/pkg/model/policyattachment.go` ShouldAttachPolicy; those of the root namespace act in all, unless they name a target. */
export function attaches({ namespace, labels, gateways }: PolicyTarget, workload: WorkloadInstance, rootNamespace: string): boolean {
  const own = namespace === workload.ref.namespace
  if (gateways === null) return (own || namespace === rootNamespace) && selects(labels, workload.labels)
  const gateway = managedBy(workload.labels)
  return own && gateway !== undefined && gateways.includes(gateway)
}
