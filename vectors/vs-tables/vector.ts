/** One row of the tables of istiod's unit tests around VirtualServices; texts are YAML. */
export type VsTableVector = { readonly name: string } & (
  | { readonly type: 'mergeHTTPRoutes'; readonly root: string; readonly delegate: string; readonly expected: string }
  | { readonly type: 'mergeHTTPMatchRequests'; readonly root: string; readonly delegate: string; readonly expected: string }
  | { readonly type: 'hasConflict'; readonly root: string; readonly leaf: string; readonly expected: boolean }
  | { readonly type: 'resolveGatewayName'; readonly gateway: string; readonly namespace: string; readonly expected: string }
  | { readonly type: 'sortVHostRoutes'; readonly in: string; readonly expected: string }
  | BuildVector
)

/** A VirtualService, translated for one proxy and port. */
export interface BuildVector {
  readonly name: string
  readonly type: 'buildHTTPRoutes'
  readonly virtualService: string
  readonly destinationRules?: string
  readonly services?: readonly { readonly hostname: string; readonly namespace: string; readonly ports: readonly { readonly port: number }[] }[]
  readonly listenPort: number
  readonly gateways: readonly string[]
  readonly proxy: { readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> }
  readonly options?: { readonly meshConfig?: Readonly<Record<string, unknown>> }
  readonly asserts: readonly Assertion[]
}

/** Something that is said of `{routes: Envoy routes, error}`. */
export interface Assertion {
  readonly path: string
  readonly op: string
  readonly value?: unknown
  readonly not?: boolean
}
