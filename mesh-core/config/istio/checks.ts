import type { Resource } from '../resource.ts'
import { checkAuthorizationPolicy } from './authorization-policy.ts'
import { checkDestinationRule } from './destination-rule.ts'
import { checkEnvoyFilter } from './envoy-filter.ts'
import { checkGateway } from './gateway.ts'
import type { Fields, Judge } from './judge.ts'
import { checkMeshSettings } from './mesh-settings.ts'
import { checkPeerAuthentication } from './peer-authentication.ts'
import { checkProxyConfig } from './proxy-config.ts'
import { checkRequestAuthentication } from './request-authentication.ts'
import { checkServiceEntry } from './service-entry.ts'
import { checkSidecar } from './sidecar.ts'
import { checkTelemetry } from './telemetry.ts'
import { checkVirtualService } from './virtual-service.ts'
import { checkTrafficExtension, checkWasmPlugin } from './wasm.ts'
import { checkWorkloadEntry, checkWorkloadGroup } from './workload-entry.ts'

type Check = (spec: Fields, judge: Judge, resource: Resource) => void

/** What istiod's webhook checks, by `group/kind`. */
const checks = new Map<string, Check>([
  ['networking.istio.io/VirtualService', (spec, judge, { namespace }) => checkVirtualService(spec, namespace, judge)],
  ['networking.istio.io/DestinationRule', (spec, judge, { namespace }) => checkDestinationRule(spec, namespace, judge)],
  ['networking.istio.io/Gateway', (spec, judge, { name }) => checkGateway(spec, name, judge)],
  [
    'networking.istio.io/ServiceEntry',
    (spec, judge, { namespace, object }) => checkServiceEntry(spec, namespace, judge, (object.metadata as Fields | undefined)?.labels),
  ],
  ['networking.istio.io/Sidecar', (spec, judge, { namespace }) => checkSidecar(spec, namespace, judge)],
  ['networking.istio.io/WorkloadEntry', (spec, judge) => checkWorkloadEntry(spec, ['spec'], judge)],
  ['networking.istio.io/WorkloadGroup', checkWorkloadGroup],
  ['networking.istio.io/EnvoyFilter', checkEnvoyFilter],
  ['networking.istio.io/ProxyConfig', checkProxyConfig],
  ['security.istio.io/AuthorizationPolicy', checkAuthorizationPolicy],
  ['security.istio.io/PeerAuthentication', checkPeerAuthentication],
  ['security.istio.io/RequestAuthentication', checkRequestAuthentication],
  ['telemetry.istio.io/Telemetry', checkTelemetry],
  ['extensions.istio.io/WasmPlugin', checkWasmPlugin],
  ['extensions.istio.io/TrafficExtension', checkTrafficExtension],
  ['mesh.istio.io/MeshConfig', (_, judge, { object }) => checkMeshSettings('MeshConfig', object, judge)],
  ['mesh.istio.io/MeshNetworks', (_, judge, { object }) => checkMeshSettings('MeshNetworks', object, judge)],
])

/** Source: Istio `pkg/config/validation/validation.go` RegisterValidateFunc. */
export function checkIstio(resource: Resource, group: string, judge: Judge): void {
  const check = checks.get(`${group}/${resource.kind}`)
  if (!check || !checkAnnotations(resource, judge)) return
  check((resource.object.spec ?? {}) as Fields, judge, resource)
}

const dryRun = 'istio.io/dry-run'
const booleans = /^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/

/** @returns false when istiod looks no further */
function checkAnnotations({ object, kind }: Resource, judge: Judge): boolean {
  const annotations = (object.metadata as Fields | undefined)?.annotations as Readonly<Record<string, string>> | undefined
  if (!annotations) return true
  const path = ['metadata', 'annotations']
  const before = judge.errors.length
  if (annotations['internal.istio.io/webhook-always-reject'] !== undefined) judge.error('INVALID_VALUE', path, 'asks to be rejected')
  const value = annotations[dryRun]
  if (value !== undefined) {
    const action: string = (object.spec as Fields | undefined)?.action ?? 'ALLOW'
    if (kind !== 'AuthorizationPolicy') judge.error('INVALID_VALUE', [...path, dryRun], `${kind} has no annotation ${dryRun}`)
    else if (action !== 'ALLOW' && action !== 'DENY')
      judge.error('CONFLICTING_FIELDS', [...path, dryRun], `the annotation ${dryRun} is for the actions ALLOW and DENY alone, found ${action}`)
    else if (!booleans.test(value)) judge.error('INVALID_VALUE', [...path, dryRun], `"${value}" is neither true nor false`)
  }
  return judge.errors.length === before
}
