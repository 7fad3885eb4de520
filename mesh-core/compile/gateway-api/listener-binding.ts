import type { Resource } from '../../config/resource.ts'
import type { Origin } from '../../ir/origin.ts'
import type { Gateway } from '../gateway/gateway-resource.ts'
import type { ListenerState } from './listener-status.ts'
import type { RouteKind } from './types.ts'

/** One listener as routes may attach to it. Source: Istio `pilot/pkg/config/kube/gateway/conversion.go` parentInfo. */
export interface ListenerBinding {
  /** The Gateway or ListenerSet that it stands in. */
  readonly owner: Resource
  /** The Gateway that serves it. */
  readonly gateway: Resource
  readonly section: string
  readonly port: number
  readonly protocol: string
  /** As written; `''` for any. */
  readonly hostname: string
  /** Whose routes it takes: names, or `*` for all. */
  readonly namespaces: readonly string[]
  readonly kinds: readonly RouteKind[]
  /** What it becomes: an Istio Gateway of a single server, named after the listener. */
  readonly compiled: Gateway
  readonly state: ListenerState
  readonly origin: Origin
}

export function bindingName({ compiled }: ListenerBinding): string {
  return `${compiled.namespace}/${compiled.name}`
}
