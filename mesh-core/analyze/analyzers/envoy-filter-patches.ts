import type { Analyzer } from '../analyzer.ts'
import type { Fields } from '../inventory.ts'
import { kinds, listOf, specOf } from '../inventory.ts'
import type { MessageType } from '../message.ts'
import { messageTypes } from '../message-types.ts'

const routeKinds = ['ROUTE_CONFIGURATION', 'HTTP_ROUTE']
const replaceable = ['HTTP_FILTER', 'NETWORK_FILTER', 'VIRTUAL_HOST']
const relative = ['REMOVE', 'REPLACE', 'INSERT_BEFORE', 'INSERT_AFTER']

/** Patches that have no effect, or whose effect depends on an order that nobody has fixed. Source: Istio `analyzers/envoyfilter/envoyfilter.go`. */
export const envoyFilterPatches: Analyzer = {
  name: 'envoyfilter.EnvoyPatchAnalyzer',
  inputs: [kinds.envoyFilter],
  analyze(mesh, report) {
    /** Of the filters that patches before were about, when they were for one version of the proxy. */
    const versioned = new Set<string>()
    for (const filter of mesh.all(kinds.envoyFilter)) {
      const { configPatches, priority } = specOf(filter)
      for (const entry of listOf(configPatches)) {
        if (!entry.patch) break
        const name = filterNameOf(entry)
        const message = messageOf(entry, !priority, versioned.has(name))
        if (message) report(message, filter, [], ['spec', 'configPatches'])
        if (entry.match?.proxy?.proxyVersion) versioned.add(name)
      }
    }
  },
}

function messageOf({ applyTo, patch }: Fields, unordered: boolean, versioned: boolean): MessageType<[]> | null {
  const { operation } = patch
  if (operation === 'ADD' && routeKinds.includes(applyTo)) return messageTypes.addNotAllowed
  if (operation === 'REMOVE' && routeKinds.includes(applyTo)) return messageTypes.removeNotAllowed
  if (operation === 'REPLACE' && !replaceable.includes(applyTo)) return messageTypes.replaceNotAllowed
  if (!unordered || !relative.includes(operation)) return null
  return versioned ? messageTypes.relativeOperationOfVersion : messageTypes.relativeOperation
}

/** The name in the patch, or else that of the filter it is put beside. */
function filterNameOf({ patch, match }: Fields): string {
  if (!patch.value || typeof patch.value !== 'object') return ''
  if ('name' in patch.value) return `value ${JSON.stringify(patch.value.name)}`
  return match?.listener?.filterChain?.filter?.name ?? ''
}
