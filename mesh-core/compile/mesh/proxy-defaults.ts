import type { ForwardClientCert } from '../../ir/proxy-config.ts'
import type { ConnectionSettings } from '../clusters/connection-settings.ts'

/** The part of Istio's `mesh/v1alpha1` ProxyConfig that is acted on. */
export interface ProxyDefaults {
  readonly gatewayTopology?: {
    readonly numTrustedProxies?: number
    readonly forwardClientCertDetails?: ForwardClientCert | 'UNDEFINED'
    readonly proxyProtocol?: object | null
  }
  readonly proxyHeaders?: ProxyHeaders
  readonly connectionSettings?: ConnectionSettings
  /** Environment of the agent. */
  readonly proxyMetadata?: Readonly<Record<string, string>>
}

export interface ProxyHeaders {
  readonly forwardedClientCert?: ForwardClientCert | 'UNDEFINED'
  readonly setCurrentClientCertDetails?: { readonly subject?: boolean; readonly uri?: boolean; readonly dns?: boolean }
  readonly server?: { readonly disabled?: boolean; readonly value?: string }
  readonly requestId?: { readonly disabled?: boolean }
  readonly attemptCount?: { readonly disabled?: boolean }
  readonly envoyDebugHeaders?: { readonly disabled?: boolean }
  readonly xForwardedHost?: { readonly enabled?: boolean }
  readonly xForwardedPort?: { readonly enabled?: boolean }
  readonly preserveHttp1HeaderCase?: boolean
}
