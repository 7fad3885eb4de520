import type { Resource } from '../../config/resource.ts'
import { controllersByClass, gatewayApi, isOfGatewayApi } from '../../registry/managed-gateways.ts'
import { labelsOfNamespaces } from '../../registry/namespaces.ts'
import type { Registry } from '../../registry/registry.ts'
import type { Departs } from '../departures.ts'
import { Grants } from './grants.ts'

/** What the conversion of Gateways and routes looks up. */
export interface Surroundings {
  /** Of a kind of the Gateway API, in order of age. */
  readonly ofKind: (kind: string) => readonly Resource[]
  /** Controllers by the names of classes. */
  readonly classes: ReadonlyMap<string, string>
  readonly grants: Grants
  /** Labels by the names of the namespaces that are known. */
  readonly namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>
  /** An object of the core group or of Istio's, by `Kind/namespace/name`. */
  readonly object: (kind: string, namespace: string, name: string) => Resource | undefined
  readonly registry: Registry
  readonly departs: Departs
}

/** @param resources in order of age */
export function surroundingsOf(resources: readonly Resource[], registry: Registry, departs: Departs): Surroundings {
  const ofKind = (kind: string): Resource[] => resources.filter((resource) => isOfGatewayApi(resource, kind))
  const objects = new Map(
    resources.filter(({ apiVersion }) => !apiVersion.startsWith(gatewayApi)).map((one) => [`${one.kind}/${one.namespace}/${one.name}`, one]),
  )
  return {
    ofKind,
    classes: controllersByClass(resources),
    grants: new Grants(ofKind('ReferenceGrant')),
    namespaces: labelsOfNamespaces(resources),
    object: (kind, namespace, name) => objects.get(`${kind}/${namespace}/${name}`),
    registry,
    departs,
  }
}
