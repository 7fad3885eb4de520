/** Vectors of the Gateway API's conformance suite: `vector.schema.json` of the family's folder says what the fields mean. */

export interface ObjectName {
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

export interface Target {
  readonly gateway?: { readonly namespace: string; readonly name: string }
  readonly host?: string
  readonly port: number
}

export interface VectorRequest {
  readonly method?: string
  readonly scheme?: string
  readonly host?: string
  readonly path?: string
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly service?: string
  readonly rpc?: string
}

export interface BackendRequest {
  readonly method?: string
  readonly path?: string
  readonly query?: string
  readonly host?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly absentHeaders?: readonly string[]
  readonly sni?: string
  readonly clientCertificate?: string
  readonly httpPort?: string
}

export interface Expected {
  readonly statusCodes?: readonly number[]
  readonly statusCodesNot?: readonly number[]
  readonly requestFails?: true
  readonly connection?: 'accepted' | 'rejected'
  readonly backend?: string
  readonly backendNot?: readonly string[]
  readonly backendNamedByRequestHeader?: string
  readonly namespace?: string
  readonly answeredByGateway?: true
  readonly backendRequest?: BackendRequest
  readonly responseHeaders?: {
    readonly set?: Readonly<Record<string, string>>
    readonly oneOf?: Readonly<Record<string, readonly string[]>>
    readonly absent?: readonly string[]
    readonly ignoreWhitespace?: true
  }
  readonly redirect?: { readonly scheme: string; readonly host: string | null; readonly port: string | null; readonly path: string }
  readonly mirroredTo?: readonly { readonly backend: string; readonly namespace: string; readonly percent?: number }[]
  readonly grpcStatus?: string
  /** What a WebSocket's client says comes back to it. */
  readonly echoesFrames?: boolean
  readonly grpcStatusNot?: readonly string[]
  readonly echo?: true
  readonly dnsResponse?: 'any'
  readonly backendConnectionIsTLS?: boolean
  readonly backendSeesServerName?: string
  readonly notCheckedUpstream?: readonly string[]
}

export interface Exchanging {
  readonly phase: number
  readonly transport?: string
  readonly client?: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> }
  readonly target?: Target
  readonly tls?: { readonly serverName: string; readonly trustedCertificate?: string | null; readonly clientCertificate?: string }
  readonly request?: VectorRequest
}

export interface VectorCase extends Exchanging {
  readonly name: string
  readonly transport: string
  readonly target: Target
  readonly backendSetsResponseHeaders?: Readonly<Record<string, string>>
  readonly repeat?: number
  /** What the client of a WebSocket says. */
  readonly frames?: readonly Frame[]
  readonly expected: Expected
}

export interface Distribution extends Exchanging {
  readonly subtest?: string
  readonly kind: 'weight' | 'mirror'
  /** Of a mirror: the name of the case. */
  readonly case?: string
  readonly requests: number
  readonly weights?: Readonly<Record<string, number>>
  readonly percent?: Readonly<Record<string, number>>
  readonly tolerance: { readonly absolute?: number; readonly standardDeviations?: number }
}

/** `null`: any value. */
export interface WantedCondition {
  readonly type: string
  readonly status: string | null
  readonly reason: string | null
}

export interface WantedParent {
  readonly parentRef: { readonly group?: string; readonly kind?: string; readonly namespace?: string; readonly name: string }
  readonly controllerName?: string
  readonly conditions: readonly WantedCondition[]
}

export interface WantedListener {
  readonly name: string
  readonly supportedKinds?: readonly { readonly group?: string; readonly kind: string }[]
  readonly attachedRoutes?: number
  readonly conditions?: readonly WantedCondition[]
}

export interface StatusExpectation {
  readonly phase: number
  readonly subtest?: string
  readonly resource: ObjectName
  readonly ready?: true
  readonly hasAddress?: true
  readonly conditions?: readonly WantedCondition[]
  readonly parent?: { readonly namespace?: string; readonly name: string }
  readonly ancestor?: { readonly namespace?: string; readonly name: string }
  readonly parents?: readonly WantedParent[]
  readonly noAcceptedParents?: true
  readonly zeroAttachedRoutes?: true
  readonly attachedListenerSets?: number
  readonly listeners?: readonly WantedListener[]
  readonly listenerConditions?: { readonly listeners: 'all' | readonly string[]; readonly conditions: readonly WantedCondition[] }
  readonly observedGeneration?: 'latest'
  readonly generation?: 'changedByMutation'
}

export interface Mutation {
  readonly operation: 'create' | 'update' | 'delete'
  readonly object: { readonly apiVersion: string; readonly kind: string; readonly metadata: { readonly name: string; readonly namespace?: string } }
}

export interface GatewayApiVector {
  readonly format: 'gateway-api-conformance-vector/1'
  readonly name: string
  readonly description: string
  readonly kind: 'gateway' | 'mesh'
  readonly features: readonly string[]
  readonly cases: readonly VectorCase[]
  readonly distributions?: readonly Distribution[]
  readonly status: readonly StatusExpectation[]
  readonly mutations?: readonly Mutation[]
  readonly requires?: readonly { readonly feature: string; readonly supported: boolean }[]
  readonly notes?: readonly string[]
  readonly manifests: string
}

export function isGatewayApiVector(item: unknown): item is GatewayApiVector {
  return (item as Partial<GatewayApiVector> | null)?.format === 'gateway-api-conformance-vector/1'
}

/** Of a WebSocket: a text, or bytes. */
export interface Frame {
  readonly text?: string
  readonly binary?: readonly number[]
}
