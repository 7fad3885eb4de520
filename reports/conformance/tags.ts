/** What a profile is about, in the order in which a report names them. */
export const profiles: Readonly<Record<string, string>> = {
  'ISTIO-TRAFFIC': 'traffic management by the networking API of Istio',
  'ISTIO-SECURITY': 'identities, mutual TLS, authentication and authorization',
  'ISTIO-OBSERVABILITY': 'metrics, traces and access logs',
  'GATEWAY-HTTP': 'Gateway and HTTPRoute of the Kubernetes Gateway API',
  'GATEWAY-GRPC': 'Gateway and GRPCRoute',
  'GATEWAY-TLS': 'Gateway and TLSRoute',
  'GATEWAY-TCP': 'Gateway and TCPRoute',
  'GATEWAY-UDP': 'Gateway and UDPRoute',
  'MESH-HTTP': 'HTTPRoute whose parent is a Service',
  'MESH-GRPC': 'GRPCRoute whose parent is a Service',
}

export type Level = 'core' | 'extended'

/** For what a scenario counts. */
export interface Placement {
  readonly profile: string
  readonly level: Level
  /** Task of Istio's documentation, or test of the Gateway API's conformance suite. */
  readonly feature: string
}

/**
 * Read from the scenario's tags and its feature's: `@profile:NAME` (several count for several), `@gateway-api:TEST` or else `@istio:TASK` for the feature,
 * `@extended` for what a mesh may leave out.
 * @returns nothing for a scenario that counts in no profile
 */
export function placementsOf(tags: readonly string[]): readonly Placement[] {
  const named = (prefix: string): string[] => tags.filter((tag) => tag.startsWith(prefix)).map((tag) => tag.slice(prefix.length))
  const gatewayApi = named('@gateway-api:')
  const features = gatewayApi.length > 0 ? gatewayApi : named('@istio:')
  const level = tags.includes('@extended') ? 'extended' : 'core'
  const all = [...new Set(named('@profile:'))]
  // A task's scenario in the form of the Gateway API has its feature's profiles, too, and counts for its own.
  const own = all.filter((profile) => /^(GATEWAY|MESH)-/.test(profile))
  const counted = gatewayApi.length > 0 && own.length > 0 ? own : all
  return features.flatMap((feature) => counted.map((profile) => ({ profile, level, feature })))
}

/** What a scenario needs that counts for nothing. */
export const tagsOfTests = 'tag each, or its feature: @profile:NAME, and @istio:TASK or @gateway-api:TEST'

/** `2 scenarios count for no profile` */
export function uncountedText(count: number): string {
  return count === 1 ? '1 scenario counts for no profile' : `${count} scenarios count for no profile`
}

/** Profiles of ours in their order, then others by name. */
export function inProfileOrder(a: string, b: string): number {
  const known = Object.keys(profiles)
  const [i, j] = [known.indexOf(a), known.indexOf(b)]
  if (i >= 0 || j >= 0) return (i < 0 ? known.length : i) - (j < 0 ? known.length : j)
  return a < b ? -1 : Number(a > b)
}
