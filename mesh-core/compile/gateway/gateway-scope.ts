import type { Route } from '../../ir/route.ts'
import type { Registry, Service, WorkloadInstance } from '../../registry/registry.ts'
import type { Catalog } from '../catalog.ts'
import type { Departs } from '../departures.ts'
import type { VirtualService } from '../rules/virtual-service.ts'

/** A gateway's pod, and what its config is made of. */
export interface GatewayScope {
  readonly catalog: Catalog
  readonly registry: Registry
  /** Those that it knows. */
  readonly services: readonly Service[]
  readonly workload: WorkloadInstance
  readonly departs: Departs
  readonly routesOf: (vs: VirtualService, gateway: string, port: number, tls: boolean) => readonly Route[]
}
