import { type Document, plainDocument } from './generate/document.ts'

/** Endpoints as they are written by hand. */
interface Subset {
  readonly addresses?: readonly { readonly ip: string }[]
  readonly notReadyAddresses?: readonly { readonly ip: string }[]
  readonly ports?: readonly unknown[]
}

/** What a cluster's controller makes of Endpoints: an EndpointSlice for each of their subsets. The oracle has no such controller. Source: Kubernetes `endpointslicemirroring`. */
export function withMirroredEndpoints(config: readonly Document[]): readonly Document[] {
  return config.flatMap((document) => (document.kind === 'Endpoints' ? slicesOf(document) : [document]))
}

function slicesOf({ metadata, subsets }: Document): Document[] {
  return (subsets as readonly Subset[]).map(({ addresses = [], notReadyAddresses = [], ports = [] }, i) => {
    const endpoint = (ready: boolean) => (one: { readonly ip: string }) => ({ addresses: [one.ip], conditions: { ready } })
    const endpoints = [...addresses.map(endpoint(true)), ...notReadyAddresses.map(endpoint(false))]
    const slice = plainDocument('discovery.k8s.io/v1', 'EndpointSlice', `${metadata.name}-${i}`, metadata.namespace, {
      addressType: 'IPv4',
      endpoints,
      ports,
    })
    return { ...slice, metadata: { ...slice.metadata, labels: { 'kubernetes.io/service-name': metadata.name } } }
  })
}
