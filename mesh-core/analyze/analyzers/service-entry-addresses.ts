import type { Analyzer } from '../analyzer.ts'
import { kinds, listOf, specOf } from '../inventory.ts'
import { meshSettings } from '../mesh-settings.ts'
import { messageTypes } from '../message-types.ts'

/** TCP to a ServiceEntry without addresses. Source: Istio `analyzers/serviceentry/protocoladdresses.go`. */
export const serviceEntryAddresses: Analyzer = {
  name: 'serviceentry.Analyzer',
  inputs: [kinds.serviceEntry],
  analyze(mesh, report) {
    const metadata = meshSettings(mesh).defaultConfig?.proxyMetadata ?? {}
    if (metadata.ISTIO_META_DNS_CAPTURE === 'true' && metadata.ISTIO_META_DNS_AUTO_ALLOCATE === 'true') return
    for (const entry of mesh.all(kinds.serviceEntry)) {
      const { addresses, ports } = specOf(entry)
      if (addresses?.length > 0 || listOf(entry.object.status?.addresses).length > 0) continue
      for (const [i, { protocol }] of listOf(ports).entries())
        if (!protocol || String(protocol).toUpperCase() === 'TCP') report(messageTypes.addressesRequired, entry, [], ['spec', 'ports', i])
    }
  },
}
