import type { RouterCheckTest } from '../../cli/import/router-check/read-tests.ts'
import { mergeDelegates } from '../../mesh-core/compile/rules/delegates.ts'
import { asIstiod } from '../../mesh-core/compile/departures.ts'
import { httpRoutes } from '../../mesh-core/compile/rules/http-routes.ts'
import { meshConfigOf } from '../../mesh-core/compile/mesh/mesh-config.ts'
import type { VirtualService } from '../../mesh-core/compile/rules/virtual-service.ts'
import type { RouteConfiguration } from '../../mesh-core/envoy/route-configuration.ts'
import type { RouteTable } from '../../mesh-core/ir/index.ts'
import type { Difference } from '../difference.ts'
import { runTest } from '../router-check/family.ts'
import type { WrittenVirtualService } from '../../cli/import/icv/written.ts'

/** What istio-router-check listens on. */
const port = 80

/** Runs Envoy's lookups against the routes that istiod would make of the VirtualServices, with a virtual host for each. */
export function runRouterCheck(tests: readonly RouterCheckTest[], all: readonly WrittenVirtualService[]): Difference[] {
  const hosts = new Map(all.map(({ translated, hosts }) => [`${translated.namespace}/${translated.name}`, hosts]))
  const merged = mergeDelegates(
    all.map(({ translated }) => translated),
    ['*'],
  )
  const table: RouteTable = {
    name: String(port),
    virtualHosts: merged.map((vs) => ({
      name: vs.name,
      domains: [...new Set([...vs.hosts, ...(hosts.get(`${vs.namespace}/${vs.name}`) ?? [])])],
      routes: httpRoutes(vs, contextOf(vs)),
      requireTls: false,
    })),
    ignorePortInHost: true,
  }
  const config: RouteConfiguration = { table, tlsRequirement: () => 'NONE', virtualClusters: () => [], off: [] }
  return tests.flatMap((test) => runTest(test, () => config, true))
}

function contextOf({ gateways, namespace }: VirtualService): Parameters<typeof httpRoutes>[1] {
  return {
    labels: {},
    namespace,
    gateways,
    listenPort: port,
    tls: false,
    service: () => undefined,
    hashOf: () => undefined,
    mesh: meshConfigOf([]),
    departs: asIstiod,
  }
}
