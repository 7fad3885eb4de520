import type { Analyzer } from '../analyzer.ts'
import { annotationsOf, kinds } from '../inventory.ts'
import { messageTypes } from '../message-types.ts'

/** Source: Istio `pkg/config/schema/gatewayapi` MinimumCRDVersions. */
const minimum: Readonly<Record<string, readonly [number, number, number]>> = {
  'grpcroutes.gateway.networking.k8s.io': [1, 1, 0],
  'backendtlspolicies.gateway.networking.k8s.io': [1, 4, 0],
  'tlsroutes.gateway.networking.k8s.io': [1, 5, 0],
}

/** CRDs of the Gateway API that istiod passes over as too old. Source: Istio `analyzers/k8sgateway/crdversion.go`. */
export const gatewayApiCrds: Analyzer = {
  name: 'k8sgateway.CRDVersionAnalyzer',
  inputs: [kinds.crd],
  analyze(mesh, report) {
    for (const crd of mesh.all(kinds.crd)) {
      const needed = minimum[crd.name]
      const found = annotationsOf(crd)['gateway.networking.k8s.io/bundle-version'] ?? ''
      const installed = versionOf(found)
      if (needed && installed && isBelow(installed, needed)) report(messageTypes.crdTooOld, crd, [crd.name, found, needed.join('.')])
    }
  },
}

/** `v1.4.0-rc.1` counts as 1.4.0. */
function versionOf(text: string): readonly number[] | null {
  const [, major, minor = '0', patch = '0'] = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-+].*)?$/.exec(text) ?? []
  return major === undefined ? null : [Number(major), Number(minor), Number(patch)]
}

function isBelow(version: readonly number[], needed: readonly number[]): boolean {
  const at = version.findIndex((part, i) => part !== needed[i])
  return at >= 0 && version[at]! < needed[at]!
}
