import { specOf, textsOf } from '../../analyze/inventory.ts'
import { lostHosts } from '../../compile/gateway-api/virtual-services.ts'
import type { Adviser } from '../advice.ts'
import { adviceTypes } from '../advice-types.ts'
import { gatewayApiIn } from '../rules/virtual-services.ts'

/** Of a GRPCRoute, which is accepted all the same. See `namesakesOfHttpRoutesAreLost` among the departures of istiod. */
export const hostsLost: Adviser = {
  name: 'traps.HostLost',
  inputs: ['gateway.networking.k8s.io/GRPCRoute'],
  advise(mesh, advise) {
    for (const { resource, host, place } of lostHosts(gatewayApiIn(mesh).api.httpRoutes)) {
      const index = textsOf(specOf(resource).hostnames).indexOf(host)
      const path = index < 0 ? ['metadata', 'name'] : ['spec', 'hostnames', index]
      advise({ type: adviceTypes.hostLost, args: [host, place], resource, path, hint: 'give one of the two routes another name' })
    }
  },
}
