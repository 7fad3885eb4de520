import { meshJson } from '../config/istio/mesh-settings.ts'
import type { Resource } from '../config/resource.ts'
import { matchesLabelSelector, type LabelSelector } from './label-selector.ts'
import { labelsOfNamespaces } from './namespace-labels.ts'
import type { Service } from './registry.ts'

interface VisibilitySettings {
  readonly defaultVisibility?: Visibility
  readonly policies?: readonly Policy[]
  readonly applyToSidecars?: boolean
}

interface Policy {
  readonly matchingRules?: readonly { readonly namespaceSelector?: LabelSelector }[]
  readonly visibility?: Visibility
}

type Visibility = 'UNSPECIFIED' | 'PUBLIC' | 'NAMESPACE' | 'NONE'

/** MeshConfig, as far as it says who sees what. */
interface Seen {
  readonly serviceEntryVisibility?: VisibilitySettings
  readonly defaultServiceExportTo?: readonly string[]
}

/** Gives a ServiceEntry's host as it may be seen. */
export type Capped = (service: Service) => Service

/**
 * MeshConfig `serviceEntryVisibility`: the first policy all of whose rules the labels of an entry's namespace fit says how far the entry may be seen at most.
 * Source: Istio `model/serviceentry_visibility.go`, `model/push_context.go` serviceExportTo.
 */
export function cappedBy(resources: readonly Resource[]): Capped {
  const { serviceEntryVisibility: settings, defaultServiceExportTo = ['*'] } = seenBy(resources)
  // Proxies of nodes and waypoints, which it is for otherwise, there are none.
  if (!settings?.applyToSidecars) return (service) => service
  const labelsOf = labelsOfNamespaces(resources)
  return (service) => {
    const visibility = visibilityIn(settings, labelsOf(service.namespace))
    if (visibility !== 'NAMESPACE' && visibility !== 'NONE') return service
    const exportTo = service.exportTo.length > 0 ? service.exportTo : defaultServiceExportTo
    const isOwn = visibility === 'NAMESPACE' && exportTo.some((entry) => entry === '*' || entry === '.' || entry === service.namespace)
    return { ...service, exportTo: [isOwn ? '.' : '~'] }
  }
}

function visibilityIn({ policies = [], defaultVisibility }: VisibilitySettings, labels: Readonly<Record<string, string>>): Visibility | undefined {
  const policy = policies.find(({ matchingRules = [] }) =>
    matchingRules.every(({ namespaceSelector }) => namespaceSelector !== undefined && matchesLabelSelector(namespaceSelector, labels)),
  )
  return policy ? policy.visibility : defaultVisibility
}

/** Field by field, what was applied last. */
function seenBy(resources: readonly Resource[]): Seen {
  const configs = resources.filter(({ kind }) => kind === 'MeshConfig')
  return Object.assign({}, ...configs.map(({ object }) => meshJson().canonical('istio.mesh.v1alpha1.MeshConfig', object))) as Seen
}
