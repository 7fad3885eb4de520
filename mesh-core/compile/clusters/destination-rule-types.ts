/**
 * The fields of a DestinationRule that are acted on. The CRD's own types (`@kubernetes-models/istio`) spell each `oneOf` out as a union of exclusions, which
 * the type checker takes half a minute to compare; the schema has held every document against them before it comes here.
 */
export interface DestinationRuleSpec {
  readonly host?: string
  readonly exportTo?: readonly string[]
  readonly workloadSelector?: { readonly matchLabels?: Readonly<Record<string, string>> }
  readonly trafficPolicy?: TrafficPolicy
  readonly subsets?: readonly SubsetSpec[]
}

export interface SubsetSpec {
  readonly name?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly trafficPolicy?: TrafficPolicy
}

/** What may stand at a destination, at one of its ports, and at a subset. */
export interface PortPolicy {
  readonly connectionPool?: ConnectionPool
  readonly loadBalancer?: LoadBalancer
  readonly outlierDetection?: OutlierSettings
  readonly tls?: ClientTls
  readonly retryBudget?: RetryBudget
  readonly proxyProtocol?: { readonly version?: string }
}

export interface TrafficPolicy extends PortPolicy {
  readonly portLevelSettings?: readonly (PortPolicy & { readonly port?: { readonly number?: number } })[]
  /** How bytes are passed on to a forward proxy. */
  readonly tunnel?: { readonly protocol?: string; readonly targetHost?: string; readonly targetPort?: number }
}

export interface ConnectionPool {
  readonly tcp?: {
    readonly maxConnections?: number
    readonly connectTimeout?: string
    readonly idleTimeout?: string
    readonly maxConnectionDuration?: string
  }
  readonly http?: {
    readonly http1MaxPendingRequests?: number
    readonly http2MaxRequests?: number
    readonly maxRetries?: number
    readonly maxRequestsPerConnection?: number
    readonly maxConcurrentStreams?: number
    /** That there is one decides what Envoy takes. */
    readonly http2KeepAlive?: object
    readonly idleTimeout?: string
    readonly h2UpgradePolicy?: string
    readonly useClientProtocol?: boolean
  }
}

export interface RetryBudget {
  readonly percent?: number
  readonly minRetryConcurrency?: number
}

export interface LoadBalancer {
  readonly simple?: string
  readonly consistentHash?: ConsistentHash
  readonly localityLbSetting?: LocalitySetting
  readonly zoneAwareLbSetting?: ZoneAwareSetting
  readonly warmup?: { readonly duration?: string; readonly aggression?: number; readonly minimumPercent?: number }
  readonly warmupDurationSecs?: string
}

/** How small a cluster may be that is balanced by zones says nothing: no proxy here knows how many of its own kind there are. */
export type ZoneAwareSetting = Pick<LocalitySetting, 'enabled' | 'failover' | 'failoverPriority'>

export interface ConsistentHash {
  readonly httpHeaderName?: string
  readonly httpCookie?: {
    readonly name?: string
    readonly path?: string
    readonly ttl?: string
    readonly attributes?: readonly { readonly name?: string; readonly value?: string }[]
  }
  readonly useSourceIp?: boolean
  readonly httpQueryParameterName?: string
  /** int64 and uint64 may be written as text. */
  readonly minimumRingSize?: number | string
  readonly ringHash?: { readonly minimumRingSize?: number | string }
  readonly maglev?: { readonly tableSize?: number | string }
}

/** Of a DestinationRule, or of the mesh. */
export interface LocalitySetting {
  readonly enabled?: boolean
  readonly distribute?: readonly { readonly from?: string; readonly to?: Readonly<Record<string, number>> }[]
  readonly failover?: readonly { readonly from?: string; readonly to?: string }[]
  readonly failoverPriority?: readonly string[]
}

export interface OutlierSettings {
  readonly consecutive5xxErrors?: number
  readonly consecutiveGatewayErrors?: number
  readonly splitExternalLocalOriginErrors?: boolean
  readonly consecutiveLocalOriginFailures?: number
  readonly interval?: string
  readonly baseEjectionTime?: string
  readonly maxEjectionPercent?: number
  readonly minHealthPercent?: number
  readonly outlierDetectionHttpErrorCodes?: readonly number[]
}

export interface ClientTls {
  readonly mode?: string
  readonly sni?: string
  /** Of files in the proxy's container. */
  readonly clientCertificate?: string
  readonly privateKey?: string
  readonly caCertificates?: string
  readonly caCrl?: string
  /** Of a Secret in the namespace of the proxy, or with its scheme (`configmap://namespace/name`). */
  readonly credentialName?: string
  readonly subjectAltNames?: readonly string[]
  readonly insecureSkipVerify?: boolean
}
