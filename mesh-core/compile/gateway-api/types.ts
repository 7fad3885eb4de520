import type { NamespaceRule } from '../../registry/namespaces.ts'
/** The parts of the Gateway API's objects that are acted on. Fields are as the API server has them before defaults. */

export interface ParentRef {
  readonly group?: string
  readonly kind?: string
  readonly namespace?: string
  readonly name: string
  readonly sectionName?: string
  readonly port?: number
}

export interface BackendRef {
  readonly group?: string
  readonly kind?: string
  readonly namespace?: string
  readonly name: string
  readonly port?: number
  readonly weight?: number
  readonly filters?: readonly RouteFilter[]
}

export interface NamedValue {
  readonly name: string
  readonly value: string
}

export interface HeaderFilter {
  readonly set?: readonly NamedValue[]
  readonly add?: readonly NamedValue[]
  readonly remove?: readonly string[]
}

export type PathModifier =
  | { readonly type: 'ReplaceFullPath'; readonly replaceFullPath: string }
  | { readonly type: 'ReplacePrefixMatch'; readonly replacePrefixMatch: string }

export interface CorsFilter {
  readonly allowOrigins?: readonly string[]
  readonly allowMethods?: readonly string[]
  readonly allowHeaders?: readonly string[]
  readonly exposeHeaders?: readonly string[]
  readonly allowCredentials?: boolean
  /** Seconds. */
  readonly maxAge?: number
}

export interface MirrorFilter {
  readonly backendRef: BackendRef
  readonly percent?: number
  readonly fraction?: { readonly numerator: number; readonly denominator?: number }
}

export interface RedirectFilter {
  readonly scheme?: string
  readonly hostname?: string
  readonly port?: number
  readonly statusCode?: number
  readonly path?: PathModifier
}

export interface RewriteFilter {
  readonly hostname?: string
  readonly path?: PathModifier
}

/** Of HTTPRoutes and GRPCRoutes. */
export interface RouteFilter {
  readonly type: string
  readonly requestHeaderModifier?: HeaderFilter
  readonly responseHeaderModifier?: HeaderFilter
  readonly requestMirror?: MirrorFilter
  readonly requestRedirect?: RedirectFilter
  readonly urlRewrite?: RewriteFilter
  readonly cors?: CorsFilter
}

export interface ValueMatch extends NamedValue {
  readonly type?: 'Exact' | 'RegularExpression'
}

export interface HttpRouteMatch {
  readonly path?: { readonly type?: 'Exact' | 'PathPrefix' | 'RegularExpression'; readonly value?: string }
  readonly headers?: readonly ValueMatch[]
  readonly queryParams?: readonly ValueMatch[]
  readonly method?: string
}

export interface GrpcRouteMatch {
  readonly method?: { readonly type?: 'Exact' | 'RegularExpression'; readonly service?: string; readonly method?: string }
  readonly headers?: readonly ValueMatch[]
}

interface RuleBase {
  readonly name?: string
  readonly backendRefs?: readonly BackendRef[]
}

export interface HttpRouteRule extends RuleBase {
  readonly matches?: readonly HttpRouteMatch[]
  readonly filters?: readonly RouteFilter[]
  readonly timeouts?: { readonly request?: string; readonly backendRequest?: string }
  readonly retry?: { readonly codes?: readonly number[]; readonly attempts?: number; readonly backoff?: string }
}

export interface GrpcRouteRule extends RuleBase {
  readonly matches?: readonly GrpcRouteMatch[]
  readonly filters?: readonly RouteFilter[]
}

/** Of TCPRoutes, TLSRoutes and UDPRoutes. */
export type ConnectionRule = RuleBase

export interface RouteSpec<Rule> {
  readonly parentRefs?: readonly ParentRef[]
  readonly hostnames?: readonly string[]
  readonly rules?: readonly Rule[]
}

export interface RouteKind {
  readonly group?: string
  readonly kind: string
}

export interface ObjectRef {
  readonly group?: string
  readonly kind?: string
  readonly namespace?: string
  readonly name: string
}

export interface ListenerTls {
  readonly mode?: 'Terminate' | 'Passthrough'
  readonly certificateRefs?: readonly ObjectRef[]
  readonly options?: Readonly<Record<string, string>>
}

export interface Listener {
  readonly name: string
  readonly port: number
  readonly protocol: string
  readonly hostname?: string
  readonly tls?: ListenerTls
  readonly allowedRoutes?: { readonly namespaces?: NamespaceRule; readonly kinds?: readonly RouteKind[] }
}

export interface FrontendValidation {
  readonly caCertificateRefs: readonly ObjectRef[]
  readonly mode?: 'AllowValidOnly' | 'AllowInsecureFallback'
}

export interface GatewaySpec {
  readonly gatewayClassName: string
  readonly listeners: readonly Listener[]
  readonly addresses?: readonly { readonly type?: string; readonly value?: string }[]
  readonly allowedListeners?: { readonly namespaces?: NamespaceRule }
  readonly infrastructure?: { readonly parametersRef?: ObjectRef }
  readonly tls?: {
    readonly backend?: { readonly clientCertificateRef?: ObjectRef }
    readonly frontend?: {
      readonly default?: { readonly validation?: FrontendValidation }
      readonly perPort?: readonly { readonly port: number; readonly tls?: { readonly validation?: FrontendValidation } }[]
    }
  }
}

export interface PolicyTarget extends ObjectRef {
  readonly kind: string
  readonly sectionName?: string
}

export interface BackendTlsSpec {
  readonly targetRefs?: readonly PolicyTarget[]
  readonly validation?: {
    readonly hostname?: string
    readonly caCertificateRefs?: readonly ObjectRef[]
    readonly wellKnownCACertificates?: string
    readonly subjectAltNames?: readonly { readonly type: string; readonly hostname?: string; readonly uri?: string }[]
  }
}

export interface ListenerSetSpec {
  readonly parentRef: ParentRef
  readonly listeners: readonly Listener[]
}

export interface GrantSpec {
  readonly from?: readonly { readonly group: string; readonly kind: string; readonly namespace: string }[]
  readonly to?: readonly { readonly group: string; readonly kind: string; readonly name?: string }[]
}
