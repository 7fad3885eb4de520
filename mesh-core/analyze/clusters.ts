import { isDeepStrictEqual } from 'node:util'
import type { Resource } from '../config/resource.ts'
import { isSuppressed } from './run-analyzers.ts'
import { type Fields, fullName, kindOf, kinds, listOf, specOf } from './inventory.ts'
import type { Message } from './message.ts'
import { messageTypes } from './message-types.ts'

/** A cluster of a mesh, and all that it has. */
export interface ClusterResources {
  readonly name: string
  readonly resources: readonly Resource[]
}

/** Looks at several clusters of one mesh together. */
export interface ClusterAnalyzer {
  /** As `istioctl analyze --list-analyzers` has it. */
  readonly name: string
  analyze(clusters: readonly ClusterResources[]): readonly Message[]
}

/** What only those see who look at all clusters of a mesh. */
export function analyzeClusters(clusters: readonly ClusterResources[], analyzers: readonly ClusterAnalyzer[] = clusterAnalyzers): readonly Message[] {
  return analyzers.flatMap((analyzer) => analyzer.analyze(clusters)).filter(({ resource, code }) => !isSuppressed(resource, code))
}

/**
 * One service, differently defined in several clusters. What the API server fills in is no difference, and node ports are each cluster's own: nobody in the mesh
 * asks for them, so that istioctl, which compares them, is wrong there. Source: Istio `analyzers/multicluster/service.go`.
 */
const multiClusterServices: ClusterAnalyzer = {
  name: 'services.MultiClusterServiceAnalyzer',
  analyze: (clusters) => [...byName(clusters).values()].flatMap((defined) => inconsistent(defined) ?? []),
}

export const clusterAnalyzers: readonly ClusterAnalyzer[] = [multiClusterServices]

function inconsistent(defined: readonly Defined[]): Message | null {
  const { service: first, cluster } = defined[0]!
  const others = defined
    .map((one) => ({ ...one, reasons: differences(specOf(first), specOf(one.service)) }))
    .filter(({ reasons }) => reasons.length > 0)
  if (others.length === 0) return null
  const { code, name, level, text } = messageTypes.inconsistentService
  const reasons = [...new Set(others.flatMap((one) => one.reasons))].sort().join('; ')
  return {
    ...{ code, name, level, resource: first, path: [], hint: null },
    text: text(first.name, first.namespace, [cluster, ...others.map((one) => one.cluster)], reasons),
    related: others.map(({ service }) => ({ resource: service, path: [] })),
  }
}

interface Defined {
  readonly cluster: string
  readonly service: Resource
}

function byName(clusters: readonly ClusterResources[]): Map<string, Defined[]> {
  const services = new Map<string, Defined[]>()
  for (const { name: cluster, resources } of clusters)
    for (const service of resources.filter((one) => kindOf(one) === kinds.service)) {
      const known = services.get(fullName(service)) ?? []
      services.set(fullName(service), [...known, { cluster, service }])
    }
  return services
}

function differences(one: Fields, other: Fields): string[] {
  const headless = (spec: Fields): boolean => spec.clusterIP === 'None'
  const type = (spec: Fields): string => spec.type || 'ClusterIP'
  return [
    headless(one) !== headless(other) && 'headless in one and not in another',
    type(one) !== type(other) && `${type(one)} in one and ${type(other)} in another`,
    ...portDifferences(portsOf(one), portsOf(other)),
  ].filter((reason) => reason !== false)
}

type Ports = readonly Fields[]

function portsOf(spec: Fields): Ports {
  return listOf(spec.ports)
    .map(
      ({ nodePort: _, ...port }) =>
        ({ ...port, name: port.name ?? '', protocol: port.protocol || 'TCP', targetPort: port.targetPort || port.port }) as Fields,
    )
    .sort((a, b) => (String(a.name) < String(b.name) ? -1 : 1))
}

function portDifferences(ones: Ports, others: Ports): string[] {
  if (isDeepStrictEqual(ones, others)) return []
  const names = new Set([...ones, ...others].map(({ name }) => String(name)))
  const named = (ports: Ports, name: string): Fields | undefined => ports.find((port) => port.name === name)
  const differing = [...names].filter((name) => !isDeepStrictEqual(named(ones, name), named(others, name)))
  return [`different ports${differing.length > 0 && differing.some(Boolean) ? `: ${differing.map((name) => name || '(no name)').join(', ')}` : ''}`]
}
