import type { Resource } from '../../config/resource.ts'
import type { GrantSpec } from './types.ts'

/** Who refers. */
export interface Referrer {
  /** Of the group `gateway.networking.k8s.io`. */
  readonly kind: string
  readonly namespace: string
}

/** The references over a namespace's bounds that ReferenceGrants allow. Source: Istio `pilot/pkg/config/kube/gateway/references_collection.go`. */
export class Grants {
  readonly #allowed = new Set<string>()

  constructor(resources: readonly Resource[]) {
    for (const { namespace, object } of resources) {
      const { from = [], to = [] }: GrantSpec = object['spec'] ?? {}
      for (const one of from)
        for (const other of to)
          this.#allowed.add(keyOf(one.group, { kind: one.kind, namespace: one.namespace }, other.group, other.kind, namespace, other.name ?? '*'))
    }
  }

  /** Within a namespace everything is allowed. */
  allow(from: Referrer, to: { readonly group: string; readonly kind: string; readonly namespace: string; readonly name: string }): boolean {
    if (from.namespace === to.namespace) return true
    const key = (name: string): string => keyOf('gateway.networking.k8s.io', from, to.group, to.kind, to.namespace, name)
    return this.#allowed.has(key('*')) || this.#allowed.has(key(to.name))
  }
}

function keyOf(fromGroup: string, from: Referrer, group: string, kind: string, namespace: string, name: string): string {
  return JSON.stringify([fromGroup, from.kind, from.namespace, group, kind, namespace, name])
}
