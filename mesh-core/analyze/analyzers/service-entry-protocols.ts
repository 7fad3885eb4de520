import type { Resource } from '../../config/resource.ts'
import type { Analyzer } from '../analyzer.ts'
import { scopesOf } from '../hosts.ts'
import { fullName, kinds, listOf, specOf, textsOf } from '../inventory.ts'
import { messageTypes } from '../message-types.ts'

interface Claim {
  readonly entry: Resource
  readonly protocol: string
}

interface Place {
  readonly scope: string
  readonly host: string
  readonly port: number
  readonly claims: Claim[]
}

/** One port of one host with several protocols. Source: Istio `analyzers/serviceentry/conflictingserviceentries.go`. */
export const serviceEntryProtocols: Analyzer = {
  name: 'serviceentry.ConflictingServiceEntryProtocolAnalyzer',
  inputs: [kinds.serviceEntry],
  analyze(mesh, report) {
    const places = placesOf(mesh.all(kinds.serviceEntry))
    const told = new Set<Resource>()
    for (const { scope, host, port, claims } of places.values()) {
      const all = scope === '*' ? claims : [...claims, ...(places.get(keyOf('*', host, port))?.claims ?? [])]
      const protocols = [...new Set(all.map(({ protocol }) => protocol))].sort()
      if (protocols.length < 2) continue
      const names = [...new Set(all.map(({ entry }) => fullName(entry)))].sort().join(', ')
      for (const { entry } of all)
        if (!told.has(entry)) {
          told.add(entry)
          report(messageTypes.conflictingProtocols, entry, [names, host, port, protocols.join(', ')], ['metadata', 'name'])
        }
    }
  },
}

function placesOf(entries: readonly Resource[]): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>()
  for (const entry of entries) {
    const { exportTo, hosts, ports } = specOf(entry)
    for (const scope of scopesOf(textsOf(exportTo), entry.namespace))
      for (const host of textsOf(hosts))
        for (const { number, protocol } of listOf(ports)) {
          // A port without a number is refused; istioctl takes it for port 0 all the same.
          const port = Number(number ?? 0)
          const key = keyOf(scope, host, port)
          const place = places.get(key) ?? { scope, host, port, claims: [] }
          place.claims.push({ entry, protocol: String(protocol ?? '').toUpperCase() })
          places.set(key, place)
        }
  }
  return places
}

function keyOf(scope: string, host: string, port: number): string {
  return `${scope}/${host}:${port}`
}
