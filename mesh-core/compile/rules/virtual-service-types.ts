import type { IVirtualService } from '@kubernetes-models/istio/networking.istio.io/v1/VirtualService'

/** The CRD's own types, with names. */
export type VirtualServiceSpec = NonNullable<IVirtualService['spec']>
export type HttpRule = NonNullable<VirtualServiceSpec['http']>[number]
export type TcpRule = NonNullable<VirtualServiceSpec['tcp']>[number]
export type TlsRule = NonNullable<VirtualServiceSpec['tls']>[number]
export type HttpRetry = NonNullable<HttpRule['retries']>
export type HttpMatch = NonNullable<HttpRule['match']>[number]
export type HttpDestination = NonNullable<HttpRule['route']>[number]
export type HeaderOperations = NonNullable<HttpRule['headers']>
export type HttpFault = NonNullable<HttpRule['fault']>
export type HttpRedirect = NonNullable<HttpRule['redirect']>
export type HttpCors = NonNullable<HttpRule['corsPolicy']>
export type Destination = HttpDestination['destination']

/** `{exact}`, `{prefix}`, `{regex}` or nothing: present. */
export interface IstioStringMatch {
  readonly exact?: string
  readonly prefix?: string
  readonly regex?: string
}
