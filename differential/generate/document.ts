import type { Json } from './matches.ts'

/** A document of the generated config. */
export interface Document extends Json {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace: string } & Json
  readonly spec: Json
}

const groups: Readonly<Record<string, string>> = {
  Service: 'v1',
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  EnvoyFilter: 'networking.istio.io/v1alpha3',
  TrafficExtension: 'extensions.istio.io/v1alpha1',
  Ingress: 'networking.k8s.io/v1',
  IngressClass: 'networking.k8s.io/v1',
}

export function document(kind: string, name: string, namespace: string, spec: Json, metadata: Json = {}): Document {
  return { apiVersion: groups[kind] ?? 'networking.istio.io/v1', kind, metadata: { name, namespace, ...metadata }, spec }
}

/** A kind of the Kubernetes Gateway API. */
export function gatewayApiDocument(kind: string, name: string, namespace: string, spec: Json, metadata: Json = {}): Document {
  const apiVersion = `gateway.networking.k8s.io/${versions[kind] ?? 'v1'}`
  return { apiVersion, kind, metadata: { name, namespace, ...metadata }, spec }
}

const versions: Readonly<Record<string, string>> = { TCPRoute: 'v1alpha2', ReferenceGrant: 'v1beta1' }

/** A kind of Istio's that is about who may do what. */
export function securityDocument(kind: string, name: string, namespace: string, spec: Json, metadata: Json = {}): Document {
  return { apiVersion: 'security.istio.io/v1', kind, metadata: { name, namespace, ...metadata }, spec }
}

/** Of a kind that has no `spec`. */
export function plainDocument(apiVersion: string, kind: string, name: string, namespace: string, fields: Json): Document {
  // Readers look for `spec`, and find nothing in it.
  return { apiVersion, kind, metadata: { name, namespace }, ...fields } as unknown as Document
}
