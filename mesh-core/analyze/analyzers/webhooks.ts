import type { Resource } from '../../config/resource.ts'
import { matchesLabelSelector } from '../../registry/label-selector.ts'
import type { Analyzer } from '../analyzer.ts'
import type { Fields, Inventory } from '../inventory.ts'
import { fullName, kinds, labelsOf, listOf } from '../inventory.ts'
import type { Report } from '../message.ts'
import { messageTypes } from '../message-types.ts'

const revisionLabel = 'istio.io/rev'

interface Webhook {
  readonly config: Resource
  readonly webhook: Fields
  /** `config/webhook` */
  readonly name: string
}

/** Injection that would happen twice, or by a service that is not there. Source: Istio `analyzers/webhook/webhook.go`. */
export const webhooks: Analyzer = {
  name: 'webhook.Analyzer',
  inputs: [kinds.mutatingWebhook],
  analyze(mesh, report) {
    const configs = mesh.all(kinds.mutatingWebhook).filter((config) => isInjector(config) || revisionsOf(config).length > 0)
    const all = configs.flatMap((config) =>
      listOf(config.object.webhooks).map((webhook) => ({ config, webhook, name: `${fullName(config)}/${webhook.name}` })),
    )
    checkOverlaps(all, [...new Set(configs.flatMap(revisionsOf))], report)
    checkServices(all, mesh, report)
  },
}

function isInjector({ object }: Resource): boolean {
  return listOf(object.webhooks).some(({ name }) => String(name).endsWith('istio.io'))
}

function revisionsOf(config: Resource): readonly string[] {
  const selectors = listOf(config.object.webhooks).flatMap(({ namespaceSelector, objectSelector }) => [namespaceSelector ?? {}, objectSelector ?? {}])
  const selected = selectors.flatMap(({ matchLabels, matchExpressions }: Fields) => [
    ...(matchLabels?.[revisionLabel] === undefined ? [] : [matchLabels[revisionLabel] as string]),
    ...listOf(matchExpressions).flatMap(({ key, values }) => (key === revisionLabel ? ((values ?? []) as string[]) : [])),
  ])
  const own = labelsOf(config)[revisionLabel]
  return own === undefined ? selected : [own, ...selected]
}

/** Every labelling of a namespace and a pod is for one webhook at most. */
function checkOverlaps(all: readonly Webhook[], revisions: readonly string[], report: Report): void {
  for (const namespace of labellings('istio-injection', ['enabled', 'disabled'], revisions))
    for (const pod of labellings('sidecar.istio.io/inject', ['true', 'false'], revisions)) {
      const acting = all.filter(
        ({ webhook }) => matchesLabelSelector(webhook.namespaceSelector ?? {}, namespace) && matchesLabelSelector(webhook.objectSelector ?? {}, pod),
      )
      if (acting.length < 2) continue
      for (const one of acting) {
        const others = acting.filter((other) => other !== one).map(({ name }) => name)
        report(messageTypes.invalidWebhook, one.config, [`acts on the same pods as ${others.join(', ')}: a sidecar may be injected twice`])
      }
    }
}

function labellings(key: string, values: readonly string[], revisions: readonly string[]): readonly Readonly<Record<string, string>>[] {
  const plain: Record<string, string>[] = [{}, ...values.map((value) => ({ [key]: value }))]
  return [...plain, ...revisions.flatMap((revision) => plain.map((labels) => ({ ...labels, [revisionLabel]: revision })))]
}

function checkServices(all: readonly Webhook[], mesh: Inventory, report: Report): void {
  for (const { config, webhook } of all) {
    const service = webhook.clientConfig?.service
    if (service && mesh.knows(kinds.service, service.namespace) && !mesh.find(kinds.service, service.namespace ?? '', service.name))
      report(messageTypes.invalidWebhook, config, [`calls a service that does not exist: ${service.namespace}/${service.name}`])
  }
}
