import { meshGatewayHosts } from '../../mesh-core/analyze/analyzers/mesh-gateway-hosts.ts'
import { Inventory } from '../../mesh-core/analyze/inventory.ts'
import { runAnalyzers } from '../../mesh-core/analyze/run-analyzers.ts'
import type { Resource } from '../../mesh-core/config/resource.ts'
import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { textOf } from './missing-references.ts'

/** VirtualServices whose rules a sidecar asked in vain, and that have the host together with others: it follows one of them only. */
export function rivalRules(exchanges: readonly Exchange[], resources: readonly Resource[]): readonly string[] {
  const asked = new Set(exchanges.flatMap(({ hops }) => hops).flatMap(rulesInVain))
  if (asked.size === 0) return []
  const messages = runAnalyzers(new Inventory(resources, { nowMs: 0, manifests: true }), [meshGatewayHosts])
  return messages.filter(({ resource }) => asked.has(resource.origin.resource)).map(textOf)
}

function rulesInVain({ from, log, explain }: Exchange['hops'][number]): readonly string[] {
  const isInVain = from !== null && log?.flags.split(',').includes('NR')
  return isInVain ? (explain?.().rules ?? []).map(({ origin }) => origin.resource) : []
}
