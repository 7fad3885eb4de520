import type { Analyzer } from '../analyzer.ts'
import { templateOf } from '../in-mesh.ts'
import type { Fields } from '../inventory.ts'
import { fullName, kinds, labelsOf, listOf } from '../inventory.ts'
import { messageTypes } from '../message-types.ts'

/** So many names are written out. */
const mostNames = 5

/** Keys of tokens are fetched by istiod itself, from wherever a RequestAuthentication says. Source: Istio `analyzers/authn/blockedcidrs.go`. */
export const blockedCidrs: Analyzer = {
  name: 'authn.BlockedCIDRsAnalyzer',
  inputs: [kinds.requestAuthentication, kinds.deployment],
  analyze(mesh, report) {
    const names = mesh.all(kinds.requestAuthentication).map(fullName)
    if (names.length === 0) return
    const open = mesh.all(kinds.deployment).filter((one) => labelsOf(one).app === 'istiod' && !isRestricted(listOf(templateOf(one).spec?.containers)))
    for (const istiod of open) report(messageTypes.keysFetchedFromAnywhere, istiod, [names.length, shortened(names)])
  },
}

function isRestricted(containers: readonly Fields[]): boolean {
  return containers.some(({ env }) => listOf(env).some(({ name, value }) => name === 'BLOCKED_CIDRS_IN_JWKS_URIS' && Boolean(value)))
}

function shortened(names: readonly string[]): string {
  const more = names.length - mostNames
  return names.slice(0, mostNames).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
