import type { Resource } from '../../config/resource.ts'
import type { ProxyTelemetry, SideTelemetry } from '../../ir/telemetry.ts'
import type { WorkloadInstance } from '../../registry/registry.ts'
import type { MeshConfig } from '../mesh/mesh-config.ts'
import { mergeMetrics, type Metrics } from './metrics-overrides.ts'
import { attaches, policyTarget, type PolicyTarget, type TargetRef } from '../policy-attachment.ts'
import { concerns, type Mode } from '../workload-mode.ts'

interface Tracing {
  readonly match?: { readonly mode?: string }
  readonly disableSpanReporting?: boolean
}

interface Telemetry {
  readonly target: PolicyTarget
  /** For its whole namespace. */
  readonly isWide: boolean
  readonly metrics: readonly Metrics[]
  readonly tracing: readonly Tracing[]
}

/** The Telemetries of a mesh. Source: Istio `pilot/pkg/model/telemetry.go`. */
export class Telemetries {
  readonly #all: readonly Telemetry[]
  readonly #mesh: MeshConfig
  readonly #known = new WeakMap<WorkloadInstance, ProxyTelemetry>()

  /** @param resources in order of age */
  constructor(resources: readonly Resource[], mesh: MeshConfig) {
    this.#all = resources.map(telemetryOf)
    this.#mesh = mesh
  }

  for(workload: WorkloadInstance): ProxyTelemetry {
    let known = this.#known.get(workload)
    if (!known) this.#known.set(workload, (known = this.#merge(workload)))
    return known
  }

  #merge(workload: WorkloadInstance): ProxyTelemetry {
    const acting = this.#actingOn(workload)
    const side = (mode: Mode): SideTelemetry => ({
      stats: mergeMetrics(
        acting.flatMap(({ metrics }) => metrics),
        mode,
        this.#mesh,
      ),
      reportsSpans: reportsSpans(
        acting.flatMap(({ tracing }) => tracing),
        mode,
      ),
    })
    return { client: side('CLIENT'), server: side('SERVER') }
  }

  /** What comes later prevails. Source: applicableTelemetries. */
  #actingOn(workload: WorkloadInstance): readonly Telemetry[] {
    const { rootNamespace } = this.#mesh
    const { namespace } = workload.ref
    const wide = [...new Set([rootNamespace, namespace])].flatMap(
      (one) => this.#all.find(({ target, isWide }) => isWide && target.namespace === one) ?? [],
    )
    const own = this.#all.filter(({ target, isWide }) => !isWide && target.namespace === namespace && attaches(target, workload, rootNamespace))
    return [...wide, ...own]
  }
}

function telemetryOf({ namespace, object }: Resource): Telemetry {
  const spec = (object['spec'] ?? {}) as {
    readonly selector?: { readonly matchLabels?: Record<string, string> }
    readonly targetRef?: TargetRef
    readonly targetRefs?: readonly TargetRef[]
    readonly metrics?: readonly Metrics[]
    readonly tracing?: readonly Tracing[]
  }
  const targets = spec.targetRefs?.length ? spec.targetRefs : spec.targetRef ? [spec.targetRef] : []
  const labels = spec.selector?.matchLabels
  return {
    target: policyTarget(namespace, labels, targets),
    isWide: Object.keys(labels ?? {}).length === 0 && targets.length === 0,
    metrics: spec.metrics ?? [],
    tracing: spec.tracing ?? [],
  }
}

/** Source: Telemetries.Tracing. */
function reportsSpans(tracing: readonly Tracing[], mode: Mode): boolean {
  const said = tracing.filter(({ match, disableSpanReporting }) => disableSpanReporting !== undefined && concerns(match?.mode, mode))
  return said.at(-1)?.disableSpanReporting !== true
}
