import { istioAnalyze } from './analyze/family.ts'
import { type Family } from './family.ts'
import { istioRouting } from './istio-routing/family.ts'
import { gatewayApi } from './gateway-api/family.ts'
import { ingressConformance } from './ingress-conformance/family.ts'
import { meshObserved } from './mesh-observed/family.ts'
import { routerCheck } from './router-check/family.ts'
import { icv } from './icv/family.ts'
import { istioValidation } from './validation/family.ts'
import { vsTables } from './vs-tables/family.ts'

/** By the name of the folder that they are handed out in. */
export const families: Readonly<Record<string, Family>> = {
  'mesh-observed': meshObserved,
  'envoy-router-check': routerCheck,
  'icv-vectors': icv,
  'istio-vs-tables': vsTables,
  'istio-routing': istioRouting,
  'gateway-api': gatewayApi,
  'ingress-conformance': ingressConformance,
  'istio-analyze': istioAnalyze,
  'istio-validation': istioValidation,
}

export const shortNames: Readonly<Record<string, string>> = {
  icv: 'icv-vectors',
  'router-check': 'envoy-router-check',
  'vs-tables': 'istio-vs-tables',
}
