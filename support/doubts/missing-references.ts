import type { Analyzer } from '../../mesh-core/analyze/analyzer.ts'
import { destinationHosts } from '../../mesh-core/analyze/analyzers/destination-hosts.ts'
import { destinationSubsets } from '../../mesh-core/analyze/analyzers/destination-subsets.ts'
import { gatewayPorts } from '../../mesh-core/analyze/analyzers/gateway-ports.ts'
import { gatewaySecrets } from '../../mesh-core/analyze/analyzers/gateway-secrets.ts'
import { subsets } from '../../mesh-core/analyze/analyzers/subsets.ts'
import { virtualServiceGateways } from '../../mesh-core/analyze/analyzers/virtual-service-gateways.ts'
import { sentenceOf } from '../../mesh-core/analyze/describe.ts'
import type { Message } from '../../mesh-core/analyze/message.ts'
import { messageTypes } from '../../mesh-core/analyze/message-types.ts'
import { messageOf } from '../../mesh-core/advise/advice.ts'
import { brokenScriptsOf } from '../../mesh-core/advise/traps/broken-scripts.ts'
import { unusableKeysOf } from '../../mesh-core/advise/traps/unusable-keys.ts'
import { Inventory, specOf } from '../../mesh-core/analyze/inventory.ts'
import { selectorText } from '../../mesh-core/analyze/selectors.ts'
import { runAnalyzers } from '../../mesh-core/analyze/run-analyzers.ts'
import { keyOf, type Resource } from '../../mesh-core/config/resource.ts'
import type { Decision } from '../../mesh-core/ir/exchange.ts'

const analyzers: readonly Analyzer[] = [destinationHosts, destinationSubsets, subsets, virtualServiceGateways, gatewayPorts, gatewaySecrets]

/** What the messages are held against. */
export interface Scene {
  /** All of the mesh. */
  readonly resources: readonly Resource[]
  /** By the scenario: only that is complained of. */
  readonly given: readonly Resource[]
  /** About the requests that the statement looked at. */
  readonly decisions: readonly Decision[]
  /** Of gateways, that clients asked for. */
  readonly ports: readonly number[]
}

/**
 * What a scenario's config names that is not in its mesh: hosts, subsets and their pods, Gateways, the pods of Gateways, their Secrets and the ports of these that were asked for; and keys and scripts that Envoy
 * cannot use. Of rules, where it is known which were asked, only what the chosen ones name.
 */
export function missingReferences({ resources, given, decisions, ports }: Scene): readonly string[] {
  const keys = new Set(given.map(keyOf))
  const inventory = new Inventory(resources, { nowMs: 0, manifests: true })
  const unusable = resources.filter(({ kind }) => kind === 'RequestAuthentication').flatMap(unusableKeysOf)
  const broken = resources.flatMap(brokenScriptsOf)
  const messages: readonly Message[] = [...runAnalyzers(inventory, analyzers), ...unusable.map(messageOf), ...broken.map(messageOf)]
  return messages.filter((message) => keys.has(keyOf(message.resource)) && mayMatter(message, decisions, ports)).map(textOf)
}

export function textOf(message: Message): string {
  return message.hint === null || message.hint.startsWith('known here') ? sentenceOf(message) : `${sentenceOf(message)}\n  hint: ${message.hint}`
}

function mayMatter({ code, resource, path, text }: Message, decisions: readonly Decision[], ports: readonly number[]): boolean {
  // Here nobody knows what day it is in the mesh.
  if (code === messageTypes.invalidCredential.code) return false
  if (code === messageTypes.portNotInService.code)
    return ports.some((port) => text === messageTypes.portNotInService.text(port, selectorText(specOf(resource).selector)))
  if (code === messageTypes.subsetWithoutPods.code)
    return decisions.some(({ odds }) => odds.some(({ cluster }) => leadsTo(cluster, subsetAt(resource, path))))
  const tried = decisions.flatMap(({ rules, chosen }) => rules.map(({ origin }, i) => ({ origin, taken: i === chosen })))
  const own = tried.filter(({ origin }) => origin.resource === resource.origin.resource)
  const isInRule = path[1] === 'http' && typeof path[2] === 'number'
  return decisions.length === 0 || !isInRule || own.some(({ origin, taken }) => taken && origin.path[2] === path[2])
}

export function subsetAt({ object }: Resource, path: Message['path']): string {
  const spec = object.spec as { readonly subsets?: readonly { readonly name?: string }[] } | undefined
  return spec?.subsets?.[Number(path[2])]?.name ?? ''
}

/** `outbound|8080|v1|shop.default.svc.cluster.local` */
function leadsTo(cluster: string, subset: string): boolean {
  return cluster.split('|')[2] === subset
}
