import { authentication } from './authentication.ts'
import { authorization } from './authorization.ts'
import { destinationRules } from './destination-rules.ts'
import { connections } from './connections.ts'
import { ejection } from './ejection.ts'
import { envoyFilters } from './envoy-filters.ts'
import { gatewayApi } from './gateway-api.ts'
import { gateways } from './gateways.ts'
import { hashing } from './hashing.ts'
import { httpRouting } from './http-routing.ts'
import { ingresses } from './ingresses.ts'
import { localities } from './localities.ts'
import { meshRoutes } from './mesh-routes.ts'
import { mutualTls } from './mutual-tls.ts'
import type { Subject } from './scenery.ts'
import { serviceEntries } from './service-entries.ts'
import { services } from './services.ts'
import { sidecars } from './sidecars.ts'

/** What meshes are about, and how often. */
export const subjects: readonly { readonly name: string; readonly weight: number; readonly make: Subject }[] = [
  { name: 'http', weight: 14, make: httpRouting },
  { name: 'destination-rules', weight: 5, make: destinationRules },
  { name: 'hashing', weight: 3, make: hashing },
  { name: 'localities', weight: 3, make: localities },
  { name: 'ejection', weight: 1, make: ejection },
  { name: 'gateways', weight: 5, make: gateways },
  { name: 'connections', weight: 4, make: connections },
  { name: 'service-entries', weight: 5, make: serviceEntries },
  { name: 'services', weight: 3, make: services },
  { name: 'sidecars', weight: 3, make: sidecars },
  { name: 'ingresses', weight: 3, make: ingresses },
  { name: 'gateway-api', weight: 6, make: gatewayApi },
  { name: 'mesh-routes', weight: 4, make: meshRoutes },
  { name: 'authentication', weight: 2, make: authentication },
  { name: 'authorization', weight: 3, make: authorization },
  { name: 'mutual-tls', weight: 2, make: mutualTls },
  { name: 'envoy-filters', weight: 2, make: envoyFilters },
]
