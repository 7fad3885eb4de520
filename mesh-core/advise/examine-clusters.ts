import { analyzeClusters, type ClusterResources } from '../analyze/clusters.ts'
import { Inventory, type InventoryOptions } from '../analyze/inventory.ts'
import type { Message } from '../analyze/message.ts'
import { identityOf } from '../analyze/run-analyzers.ts'
import type { Resource } from '../config/resource.ts'
import { examine } from './advise.ts'

/**
 * Several clusters of one mesh. Each is looked at as its control plane does: config is its own, services and pods are those of all clusters. What is said of
 * config that several clusters have, and not in all of these, names the clusters.
 */
export async function examineClusters(
  clusters: readonly ClusterResources[],
  options: Omit<InventoryOptions, 'elsewhere'>,
): Promise<readonly Message[]> {
  const told = new Map<string, { readonly message: Message; readonly in: string[] }>()
  for (const { name, resources } of clusters)
    for (const message of await examine(new Inventory(resources, { ...options, elsewhere: elsewhere(resources, clusters) }))) {
      const key = identityOf(message)
      const known = told.get(key) ?? { message, in: [] }
      if (!known.in.includes(name)) known.in.push(name)
      told.set(key, known)
    }
  const each = [...told.values()].map(({ message, in: names }) => withClusters(message, names, clusters))
  return [...each, ...analyzeClusters(clusters)]
}

function elsewhere(own: readonly Resource[], clusters: readonly ClusterResources[]): readonly Resource[] {
  const known = new Set(own)
  return [...new Set(clusters.flatMap(({ resources }) => resources))].filter((resource) => !known.has(resource))
}

function withClusters(message: Message, names: readonly string[], clusters: readonly ClusterResources[]): Message {
  const having = clusters.filter(({ resources }) => resources.includes(message.resource))
  return having.length === names.length
    ? message
    : { ...message, text: `${message.text} (in ${names.length === 1 ? 'cluster' : 'clusters'} ${names.join(', ')})` }
}
