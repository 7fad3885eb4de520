/** A config, a call and what is checked of its answers: a case of Istio's integration tests (`tests/integration/pilot/common/routing.go`). */
export interface RoutingVector {
  readonly name: string
  readonly group: string
  /** Applied on top of the world; documents without a namespace go to the fixture's. */
  readonly yaml: string
  readonly call: RoutingCall
  readonly expect: readonly Check[]
  /** Upstream has the case and skips it. */
  readonly skippedUpstream?: string
}

export interface Place {
  readonly service: string
  readonly namespace: string
  /** A client outside the mesh, that sends through this gateway. */
  readonly ingress?: boolean
  readonly address?: string
}

export interface RoutingCall {
  readonly from: Place
  readonly to?: Place
  readonly toWorkload?: Place
  /** A name or an address, where there is no `to`. */
  readonly address?: string
  readonly port?: { readonly name?: string; readonly servicePort: number; readonly workloadPort?: number; readonly protocol?: string }
  readonly scheme: 'http' | 'https' | 'grpc' | 'tcp' | 'dns'
  readonly host?: string
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, readonly string[]>>
  readonly http2?: boolean
  readonly followRedirects?: boolean
  readonly count?: number
  readonly timeoutMs?: number
  readonly tls?: { readonly serverName?: string; readonly alpn?: readonly string[] }
  readonly message?: string
  readonly proxyProtocolVersion?: number
}

export interface Check {
  readonly check: string
  readonly code?: number
  readonly key?: string
  readonly value?: string
  readonly weights?: Readonly<Record<string, number>>
  readonly tolerance?: number
  readonly per?: number
  readonly index?: number
  readonly length?: number
  readonly addresses?: readonly string[]
}

/** The world of all vectors of the family. */
export interface Fixture {
  readonly namespace: string
  readonly systemNamespace: string
  readonly meshDomain: string
  readonly ports: readonly FixturePort[]
  readonly services: readonly FixtureService[]
}

export interface FixturePort {
  readonly name: string
  readonly protocol: string
  /** -1: only the workload has it. */
  readonly servicePort: number
  readonly workloadPort: number
}

export interface FixtureService {
  readonly name: string
  readonly namespace: string
  readonly vip: string
  readonly pods: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  readonly defaultHostHeader?: string
  readonly note?: string
}
