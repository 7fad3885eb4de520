import type { Analyzer } from './analyzer.ts'
import { alphaAnnotations, annotations } from './analyzers/annotations.ts'
import { applicationUid } from './analyzers/application-uid.ts'
import { authorizationPolicies } from './analyzers/authorization-policies.ts'
import { blockedCidrs } from './analyzers/blocked-cidrs.ts'
import { caCertificates } from './analyzers/ca-certificates.ts'
import { conditions } from './analyzers/conditions.ts'
import { conflictingGateways } from './analyzers/conflicting-gateways.ts'
import { deprecation } from './analyzers/deprecation.ts'
import { destinationHosts } from './analyzers/destination-hosts.ts'
import { destinationSubsets } from './analyzers/destination-subsets.ts'
import { envoyFilterPatches } from './analyzers/envoy-filter-patches.ts'
import { externalControlPlane } from './analyzers/external-control-plane.ts'
import { gatewayApiCrds } from './analyzers/gateway-api-crds.ts'
import { gatewayCertificates } from './analyzers/gateway-certificates.ts'
import { gatewayPorts } from './analyzers/gateway-ports.ts'
import { gatewaySecrets } from './analyzers/gateway-secrets.ts'
import { imageAuto } from './analyzers/image-auto.ts'
import { injection } from './analyzers/injection.ts'
import { jwtClaimRoutes } from './analyzers/jwt-claim-routes.ts'
import { kubernetesGatewaySelectors } from './analyzers/kubernetes-gateway-selectors.ts'
import { meshGatewayHosts } from './analyzers/mesh-gateway-hosts.ts'
import { meshNetworks } from './analyzers/mesh-networks.ts'
import { portNames } from './analyzers/port-names.ts'
import { proxyImages } from './analyzers/proxy-images.ts'
import { schemaAnalyzers } from './analyzers/schema.ts'
import { serviceAssociation } from './analyzers/service-association.ts'
import { serviceEntryAddresses } from './analyzers/service-entry-addresses.ts'
import { serviceEntryProtocols } from './analyzers/service-entry-protocols.ts'
import { sidecarSelectors } from './analyzers/sidecar-selectors.ts'
import { subsets } from './analyzers/subsets.ts'
import { telemetryDefaults } from './analyzers/telemetry-defaults.ts'
import { lightstep, telemetryProviders } from './analyzers/telemetry-providers.ts'
import { telemetrySelectors } from './analyzers/telemetry-selectors.ts'
import { virtualServiceGateways } from './analyzers/virtual-service-gateways.ts'
import { webhooks } from './analyzers/webhooks.ts'

/** Those that run unless others are named. Source: Istio `pkg/config/analysis/analyzers/all.go`. */
export const analyzers: readonly Analyzer[] = [
  annotations,
  applicationUid,
  authorizationPolicies,
  blockedCidrs,
  caCertificates,
  conditions,
  conflictingGateways,
  deprecation,
  destinationHosts,
  destinationSubsets,
  envoyFilterPatches,
  externalControlPlane,
  gatewayApiCrds,
  gatewayCertificates,
  gatewayPorts,
  gatewaySecrets,
  imageAuto,
  injection,
  jwtClaimRoutes,
  kubernetesGatewaySelectors,
  lightstep,
  meshGatewayHosts,
  meshNetworks,
  portNames,
  proxyImages,
  serviceAssociation,
  serviceEntryAddresses,
  serviceEntryProtocols,
  sidecarSelectors,
  subsets,
  telemetryDefaults,
  telemetryProviders,
  telemetrySelectors,
  virtualServiceGateways,
  webhooks,
  ...schemaAnalyzers,
]

/** Run only when they are named. */
export const furtherAnalyzers: readonly Analyzer[] = [alphaAnnotations]
