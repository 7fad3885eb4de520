import type { Analyzer } from '../analyzer.ts'
import { kinds, listOf, specOf } from '../inventory.ts'
import { messageTypes } from '../message-types.ts'
import type { Fields } from '../inventory.ts'

/** TLS towards a server that nobody verifies. Source: Istio `analyzers/destinationrule/ca-certificates.go`. */
export const caCertificates: Analyzer = {
  name: 'destinationrule.CaCertificateAnalyzer',
  inputs: [kinds.destinationRule],
  analyze(mesh, report) {
    for (const rule of mesh.all(kinds.destinationRule)) {
      const { host, trafficPolicy, workloadSelector } = specOf(rule)
      const isOpen = (tls: Fields | undefined): boolean => isUnverified(tls, workloadSelector)
      if (isOpen(trafficPolicy?.tls))
        report(messageTypes.serverNotVerified, rule, [trafficPolicy.tls.mode, String(host)], ['spec', 'trafficPolicy', 'tls'])
      for (const [i, { port, tls }] of listOf(trafficPolicy?.portLevelSettings).entries())
        if (isOpen(tls))
          report(
            messageTypes.serverNotVerifiedAtPort,
            rule,
            [tls.mode, String(host), String(port?.number)],
            ['spec', 'trafficPolicy', 'portLevelSettings', i, 'tls'],
          )
    }
  },
}

/** A sidecar reads a `credentialName` only where the rule selects its workload; then the Secret holds the CA. */
function isUnverified(tls: Fields | undefined, workloadSelector: Fields | undefined): boolean {
  if (tls?.mode !== 'SIMPLE' && tls?.mode !== 'MUTUAL') return false
  const bySecret = Boolean(tls.credentialName) && Object.keys(workloadSelector?.matchLabels ?? {}).length > 0
  return !tls.caCertificates && !bySecret
}
