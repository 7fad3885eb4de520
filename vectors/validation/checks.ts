import { durationMs } from '../../mesh-core/config/duration.ts'
import type { FieldPath } from '../../mesh-core/config/finding.ts'
import { proxyAddressProblem, trustDomainProblem } from '../../mesh-core/config/istio/addresses.ts'
import { checkNoEmptyLists } from '../../mesh-core/config/istio/authorization-policy.ts'
import { checkCors } from '../../mesh-core/config/istio/cors.ts'
import { checkDestination, checkWeights } from '../../mesh-core/config/istio/destination.ts'
import { checkDuration } from '../../mesh-core/config/istio/durations.ts'
import { checkPatches } from '../../mesh-core/config/istio/envoy-filter.ts'
import { checkLightstep, checkOpenTelemetry, checkProvider, checkProviderService } from '../../mesh-core/config/istio/extension-provider.ts'
import { checkAbort, checkDelay, checkHttpStatus } from '../../mesh-core/config/istio/fault.ts'
import { checkServer, checkServerPort } from '../../mesh-core/config/istio/gateway.ts'
import { headerValueProblem } from '../../mesh-core/config/istio/header-value.ts'
import { checkDirectResponse, checkHttpRoute, checkRedirect, checkRewrite, checkUriRegexRewrite } from '../../mesh-core/config/istio/http-route.ts'
import type { Judge } from '../../mesh-core/config/istio/judge.ts'
import { checkLoadBalancer, checkLocalities, checkLocality, checkZoneAware } from '../../mesh-core/config/istio/load-balancer.ts'
import { checkHeaderName, checkHeaderOrClaim } from '../../mesh-core/config/istio/matching.ts'
import {
  checkExportTo,
  checkPort,
  fqdnProblem,
  gatewayDomainProblem,
  isDnsLabel,
  isIpAddress,
  isIpSubnet,
  wildcardDomainProblem,
} from '../../mesh-core/config/istio/names.ts'
import {
  checkConnectTimeout,
  checkDefaultTrafficPolicy,
  checkDetectionTimeout,
  checkInboundRetries,
  checkMeshConfig,
  checkMeshNetworks,
  checkServiceSettings,
} from '../../mesh-core/config/istio/mesh-config.ts'
import {
  checkConnectionSettings,
  checkControlPlaneAuthPolicy,
  checkDrainDuration,
  checkMeshProxyConfig,
} from '../../mesh-core/config/istio/mesh-proxy-config.ts'
import { checkRetries } from '../../mesh-core/config/istio/retries.ts'
import { checkServerTls } from '../../mesh-core/config/istio/server-tls.ts'
import { checkAccessLogFilter } from '../../mesh-core/config/istio/telemetry.ts'
import { checkClientTls, checkConnectionPool, checkOutlierDetection, checkTrafficPolicy } from '../../mesh-core/config/istio/traffic-policy.ts'

export type Check = (value: any, path: FieldPath, judge: Judge, args: any) => void

/** A check that knows of errors alone. */
function holds(wrong: (value: any, args: any) => boolean): Check {
  return (value, path, judge, args) => {
    if (wrong(value, args)) judge.error('INVALID_VALUE', path, `${JSON.stringify(value)} is not valid`)
  }
}

/** Ours by the names of Istio's functions. */
export const checks: Readonly<Record<string, Check>> = {
  validateHTTPRoute: (route, path, judge, { delegate = false }) => checkHttpRoute(route, delegate, path, judge),
  validateServer: checkServer,
  validateServerPort: (port, path, judge, { bind = '' }) => checkServerPort({ port, bind }, path, judge),
  validateTLSOptions: checkServerTls,
  ValidateTLS: (tls, path, judge) => checkClientTls(tls, 'default', path, judge),
  // Without the warning that every EnvoyFilter gets.
  validateEnvoyFilter: (spec, _, judge) => checkPatches(spec, judge),
  validateTelemetryFilter: checkAccessLogFilter,
  validateTrafficPolicy: (policy, path, judge) => checkTrafficPolicy(policy, 'default', path, judge),
  validateConnectionPool: checkConnectionPool,
  validateOutlierDetection: checkOutlierDetection,
  validateLoadBalancer: (settings, path, judge, { outlierDetection }) => checkLoadBalancer(settings, outlierDetection, path, judge),
  ValidateLocalityLbSetting: (setting, path, judge, { outlierDetection }) => checkLocality(setting, outlierDetection, path, judge),
  ValidateZoneAwareLbSetting: (setting, path, judge, { outlierDetection }) => checkZoneAware(setting, outlierDetection, path, judge),
  validateLocalities: checkLocalities,
  validateCORSPolicy: checkCors,
  validateDestination: checkDestination,
  validateRouteDestinations: checkWeights,
  ValidateDuration: checkDuration,
  validateHTTPFaultInjectionAbort: checkAbort,
  validateHTTPFaultInjectionDelay: checkDelay,
  validateHTTPRedirect: (redirect, path, judge) => checkRedirect({ redirect }, path, judge),
  validateHTTPRewrite: checkRewrite,
  validateURIRegexRewrite: checkUriRegexRewrite,
  validateHTTPDirectResponse: checkDirectResponse,
  ValidateHTTPRetry: checkRetries,
  validateExportTo: (exportTo, path, judge, { namespace, isServiceEntry = false, isDestinationRuleWithSelector = false }) =>
    checkExportTo(exportTo, namespace, path, judge, { withSelector: isDestinationRuleWithSelector, none: isServiceEntry }),
  validateHTTPStatus: checkHttpStatus,
  ValidatePort: checkPort,
  ValidateHTTPHeaderNameOrJwtClaimRoute: checkHeaderOrClaim,
  ValidateStrictHTTPHeaderName: checkHeaderName,
  ValidateHTTPHeaderValue: holds((value) => headerValueProblem(value) !== null),
  ValidateMeshConfig: checkMeshConfig,
  validateServiceSettings: checkServiceSettings,
  validateMeshConfigDefaultTrafficPolicy: checkDefaultTrafficPolicy,
  validateMeshConfigDefaultInboundHTTPRetryPolicy: checkInboundRetries,
  ValidateMeshConfigProxyConfig: checkMeshProxyConfig,
  validateConnectionSettings: checkConnectionSettings,
  ValidateMeshNetworks: checkMeshNetworks,
  ValidateConnectTimeout: checkConnectTimeout,
  ValidateProtocolDetectionTimeout: checkDetectionTimeout,
  ValidateDrainDuration: checkDrainDuration,
  ValidateControlPlaneAuthPolicy: checkControlPlaneAuthPolicy,
  validateExtensionProviderService: checkProviderService,
  validateExtensionProviderTracingDatadog: checkProvider,
  validateExtensionProviderTracingZipkin: checkProvider,
  validateExtensionProviderTracingLightStep: checkLightstep,
  validateExtensionProviderTracingOpenCensusAgent: checkProvider,
  ValidateExtensionProviderTracingOpentelemetry: checkOpenTelemetry,
  ValidateExtensionProviderEnvoyHTTPAls: checkProvider,
  ValidateExtensionProviderEnvoyTCPAls: checkProvider,
  ValidateExtensionProviderEnvoyOtelAls: checkProvider,
  // An option of the command line.
  ValidateMaxServerConnectionAge: holds((value) => (durationMs(value) ?? -1) < 0),
  ValidateProxyAddress: holds((value) => proxyAddressProblem(value) !== null),
  ValidateTrustDomain: holds((value) => trustDomainProblem(value) !== null),
  ValidateWildcardDomainForVirtualServiceBoundToGateway: holds((value, { sni = false }) => gatewayDomainProblem(value, sni) !== null),
  ValidateFQDN: holds((value) => fqdnProblem(value) !== null),
  ValidateWildcardDomain: holds((value) => wildcardDomainProblem(value) !== null),
  ValidateIPAddress: holds((value) => !isIpAddress(value)),
  ValidateIPSubnet: holds((value) => !isIpSubnet(value)),
  ValidatePortName: holds((value) => !isDnsLabel(value)),
}

/** What istiod's functions refuse in objects of Go, and never meet in one that was read from YAML. */
export const checksOfObjects: Readonly<Record<string, Check>> = { ValidateAuthorizationPolicy: (spec, _, judge) => checkNoEmptyLists(spec, judge) }
