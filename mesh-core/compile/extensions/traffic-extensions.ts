import { modelledScript } from '../../config/lua-scripts.ts'
import type { Resource } from '../../config/resource.ts'
import type { FilterPlace, LuaFilter } from '../../ir/inserted-filter.ts'
import type { HttpSettings, Listener } from '../../ir/proxy-config.ts'
import { scriptProblem } from '../../lua/lua-state.ts'
import type { WorkloadInstance } from '../../registry/registry.ts'
import { isListenerRefused } from '../mesh/settings-refusal.ts'
import { attaches, policyTarget, type PolicyTarget, type TargetRef } from '../policy-attachment.ts'
import { concerns, type Mode } from '../workload-mode.ts'

interface TrafficSelector {
  readonly mode?: string
  readonly ports?: readonly { readonly number?: number }[]
}

interface TrafficExtension {
  /** The larger goes first, and of equal ones that of the proxy's own namespace. Those that say nothing come last. */
  readonly priority: number
  readonly target: PolicyTarget
  readonly match: readonly TrafficSelector[]
  readonly filter: LuaFilter
}

/** Istio's ExecutionPhase. */
const places: Readonly<Record<string, FilterPlace>> = { AUTHN: 'authn', AUTHZ: 'authz', STATS: 'stats', UNSPECIFIED: 'unspecified' }

/** Scripts that TrafficExtensions have proxies run. Source: Istio `pilot/pkg/model/extensions.go` and `push_context.go`. */
export class TrafficExtensions {
  readonly #all: readonly TrafficExtension[]
  readonly #rootNamespace: string

  /** @param resources in order of age */
  constructor(resources: readonly Resource[], rootNamespace: string) {
    this.#all = resources.flatMap(extensionOf)
    this.#rootNamespace = rootNamespace
  }

  /** The settings of what reads HTTP at a port, with the scripts that are for it. @param port of the listener; towards a workload the workload's */
  extended(settings: HttpSettings | undefined, workload: WorkloadInstance, mode: Mode, port: number): HttpSettings | undefined {
    const isOwn = ({ target }: TrafficExtension): boolean => target.namespace === workload.ref.namespace
    const acting = this.#all
      .filter(({ target, match }) => attaches(target, workload, this.#rootNamespace) && isFor(match, mode, port))
      .toSorted((a, b) => b.priority - a.priority || Number(isOwn(b)) - Number(isOwn(a)))
    return acting.length === 0 ? settings : { ...settings, inserted: acting.map(({ filter }) => filter) }
  }

  /** Of a gateway, or of a sidecar on the way out. Envoy takes none with a script that is none. */
  extendedListeners(listeners: readonly Listener[], workload: WorkloadInstance): readonly Listener[] {
    if (this.#all.length === 0) return listeners
    return listeners.flatMap((listener) => {
      const whole = { ...listener, ...this.#extendedChains(listener, workload) }
      return isListenerRefused(whole) ? [] : [whole]
    })
  }

  #extendedChains(
    { filterChains, defaultFilterChain, port }: Listener,
    workload: WorkloadInstance,
  ): Pick<Listener, 'filterChains' | 'defaultFilterChain'> {
    const extended = (chain: Listener['filterChains'][number]): typeof chain => {
      const { filter } = chain
      if (filter.kind !== 'http') return chain
      const settings = this.extended(filter.settings, workload, 'CLIENT', port)
      return settings ? { ...chain, filter: { ...filter, settings } } : chain
    }
    return { filterChains: filterChains.map(extended), defaultFilterChain: defaultFilterChain && extended(defaultFilterChain) }
  }
}

interface Spec {
  readonly selector?: { readonly matchLabels?: Record<string, string> }
  readonly targetRefs?: readonly TargetRef[]
  readonly phase?: string
  readonly priority?: number
  readonly match?: readonly TrafficSelector[]
  readonly lua?: { readonly inlineCode?: string }
}

/** @returns nothing of one that is not modelled: programs for WebAssembly */
function extensionOf({ namespace, object }: Resource): readonly TrafficExtension[] {
  const { selector, targetRefs = [], phase = 'UNSPECIFIED', priority = Number.MIN_SAFE_INTEGER, match = [], lua } = (object['spec'] ?? {}) as Spec
  const code = lua?.inlineCode ?? ''
  if (code === '' || !modelledScript.test(code)) return []
  const name = `extensions.istio.io/trafficextension/${namespace}.${object.metadata.name}`
  const filter: LuaFilter = { kind: 'lua', place: places[phase] ?? 'unspecified', name, code, named: {}, clearsRoute: true }
  const refusal = scriptProblem(code) === null ? {} : { isRefused: true as const }
  return [{ priority, target: policyTarget(namespace, selector?.matchLabels, targetRefs), match, filter: { ...filter, ...refusal } }]
}

/** Any one of its conditions; without any it is for all. */
function isFor(match: readonly TrafficSelector[], mode: Mode, port: number): boolean {
  return (
    match.length === 0 ||
    match.some(({ mode: said, ports = [] }) => concerns(said, mode) && (ports.length === 0 || ports.some(({ number }) => number === port)))
  )
}
