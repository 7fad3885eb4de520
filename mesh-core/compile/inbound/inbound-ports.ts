import type { InboundPort } from '../../ir/inbound-port.ts'
import type { Registry, Service, WorkloadInstance } from '../../registry/registry.ts'
import { accessSettings, accessToBytes } from '../authorization/authorization-policies.ts'
import type { Catalog } from '../catalog.ts'
import type { DestinationRule } from '../clusters/destination-rule.ts'
import { patchedInbound } from '../envoy-filter/patched-proxy.ts'
import { inboundPort } from './inbound-port.ts'
import type { PolicySubject } from '../authentication/peer-authentication.ts'
import { unknownSuite } from '../gateway/cipher-suites.ts'
import { httpProxyPort, inboundSettings, withSettings } from '../mesh/proxy-settings.ts'
import { areAllRefused, areSettingsRefused } from '../mesh/settings-refusal.ts'
import { inboundRetryPolicy } from '../rules/retry-policy.ts'

/** What workloads' own sidecars do with connections that reach them: compiled when first asked for. */
export class InboundPorts {
  readonly #catalog: Catalog
  readonly #registry: Registry
  readonly #ruleFor: (service: Service, workload: WorkloadInstance) => DestinationRule | undefined
  readonly #known = new WeakMap<WorkloadInstance, Map<number, InboundPort>>()

  constructor(catalog: Catalog, registry: Registry, ruleFor: (service: Service, workload: WorkloadInstance) => DestinationRule | undefined) {
    this.#catalog = catalog
    this.#registry = registry
    this.#ruleFor = ruleFor
  }

  of(workload: WorkloadInstance, port: number): InboundPort {
    let ports = this.#known.get(workload)
    if (!ports) this.#known.set(workload, (ports = new Map()))
    let known = ports.get(port)
    if (!known) ports.set(port, (known = this.#compile(workload, port)))
    return known
  }

  /** That its Sidecar resource lists. */
  listed(workload: WorkloadInstance): readonly number[] {
    return this.#catalog.sidecars.for(workload)?.ingress.map(({ port }) => port) ?? []
  }

  #compile(workload: WorkloadInstance, port: number): InboundPort {
    const { mesh, sidecars, requestAuthentications, peerAuthentications, authorizationPolicies, envoyFilters, trafficExtensions } = this.#catalog
    const access = authorizationPolicies.accessTo(workload)
    const subject = { namespace: workload.ref.namespace, labels: workload.labels }
    const own = inboundPort(workload, port, {
      registry: this.#registry,
      sidecar: sidecars.for(workload),
      ruleFor: (service) => this.#ruleFor(service, workload),
      retry: inboundRetryPolicy(mesh.defaultInboundHttpRetryPolicy),
      mesh,
      mutualTls: (port) => peerAuthentications.modeOf(subject, port),
    })
    const usual = {
      ...inboundSettings(workload, mesh),
      ...requestAuthentications.settingsFor(workload),
      ...accessSettings(access),
    }
    const settings = trafficExtensions.extended(usual, workload, 'SERVER', port) ?? usual
    const isRefused = areSettingsRefused(settings) || areAllRefused(mesh, httpProxyPort(workload, mesh))
    const refusal = isRefused || this.#hasUnknownSuite(subject, port) ? { isRefused: true as const } : {}
    const whole = {
      ...own,
      ...withSettings(settings),
      ...accessToBytes(access),
      ...refusal,
      // Source: Istio `core/listener_inbound.go` buildInboundListener.
      ...(mesh.protocolDetectionTimeoutMs > 0 && { detectionTimeoutMs: mesh.protocolDetectionTimeoutMs }),
    }
    return patchedInbound(whole, port, workload, envoyFilters, this.#registry)
  }

  /** Of mutual TLS, which the listener of all ports ends for those that do not switch it off. Source: Istio `security/authn/utils/utils.go` BuildInboundTLS. */
  #hasUnknownSuite(subject: PolicySubject, port: number): boolean {
    const { mesh, peerAuthentications } = this.#catalog
    const isMutual = (): boolean => [port, 0].some((one) => peerAuthentications.modeOf(subject, one) !== 'disable')
    return unknownSuite(mesh.meshMtls.cipherSuites) !== undefined && isMutual()
  }
}
