import { RE2JS } from 're2js'
import { actingPatches, type PatchMatch } from '../../config/envoy-filter-patches.ts'
import type { Resource } from '../../config/resource.ts'
import { istioRelease } from '../../config/schema/istio-trees.generated.ts'
import type { Origin } from '../../ir/origin.ts'
import type { WorkloadInstance } from '../../registry/registry.ts'
import { createdMs } from '../../registry/services.ts'
import { originOf } from '../origin.ts'
import { attaches, policyTarget, type PolicyTarget } from '../policy-attachment.ts'

export type Context = 'SIDECAR_INBOUND' | 'SIDECAR_OUTBOUND' | 'GATEWAY'

/** A change of what istiod would send, ready to be made. */
export interface EnvoyPatch {
  /** `HTTP_ROUTE`, `CLUSTER` … */
  readonly applyTo: string
  readonly operation: string
  readonly match: PatchMatch
  readonly value: Readonly<Record<string, unknown>>
  readonly origin: Origin
}

interface EnvoyFilter {
  readonly target: PolicyTarget
  readonly priority: number
  readonly createdMs: number
  readonly name: string
  readonly patches: readonly EnvoyPatch[]
}

/** The EnvoyFilters of a mesh: of those that act. Source: Istio `pilot/pkg/model/envoyfilter.go`, `push_context.go` EnvoyFilters. */
export class EnvoyFilters {
  readonly #filters: readonly EnvoyFilter[]
  readonly #rootNamespace: string

  constructor(resources: readonly Resource[], rootNamespace: string) {
    this.#rootNamespace = rootNamespace
    this.#filters = resources
      .map(filterOf)
      .filter(({ patches }) => patches.length > 0)
      .sort((a, b) => this.#inOrder(a, b))
  }

  /** In the order in which they are made. */
  patchesFor(workload: WorkloadInstance, context: Context): readonly EnvoyPatch[] {
    if (this.#filters.length === 0) return []
    const acting = this.#filters.filter(({ target }) => attaches(target, workload, this.#rootNamespace))
    return acting.flatMap(({ patches }) => patches).filter(({ match }) => isFor(match.context, context))
  }

  /** By priority; of one priority those of the root namespace first, then by age and name. */
  #inOrder(a: EnvoyFilter, b: EnvoyFilter): number {
    const far = ({ target }: EnvoyFilter): number => Number(target.namespace !== this.#rootNamespace)
    const byName = (one: EnvoyFilter): string => `${one.name}.${one.target.namespace}`
    return a.priority - b.priority || far(a) - far(b) || a.createdMs - b.createdMs || (byName(a) < byName(b) ? -1 : 1)
  }
}

function isFor(asked: string = 'ANY', context: Context): boolean {
  return asked === 'ANY' || asked === context
}

function filterOf(resource: Resource): EnvoyFilter {
  const spec = resource.object['spec'] ?? {}
  return {
    target: policyTarget(resource.namespace, spec.workloadSelector?.labels, spec.targetRefs ?? []),
    priority: spec.priority ?? 0,
    createdMs: createdMs(resource),
    name: resource.name,
    patches: actingPatches(resource)
      .filter(({ patch }) => isOfVersion(patch.match?.proxy?.proxyVersion))
      .map(({ patch: { applyTo, match, patch }, index }) => ({
        ...{ applyTo, operation: patch.operation, match: match ?? {}, value: patch.value ?? {} },
        origin: originOf(resource, 'spec', 'configPatches', index),
      })),
  }
}

/** Proxies are of the release that all is modelled by. The expression may match any part. */
function isOfVersion(pattern: string | undefined): boolean {
  return !pattern || RE2JS.compile(pattern).matcher(`${istioRelease}.0`).find()
}
