import { X509Certificate } from 'node:crypto'
import type { Resource } from '../../config/resource.ts'
import type { Analyzer } from '../analyzer.ts'
import { kinds, listOf, specOf } from '../inventory.ts'
import { messageTypes } from '../message-types.ts'
import { selectorText } from '../selectors.ts'
import { podsOf } from './gateway-ports.ts'

/** Secrets of TLS servers, which have to lie beside the gateway's pods. Source: Istio `analyzers/gateway/secret.go`. */
export const gatewaySecrets: Analyzer = {
  name: 'gateway.SecretAnalyzer',
  inputs: [kinds.gateway],
  analyze(mesh, report) {
    for (const gateway of mesh.all(kinds.gateway)) {
      const { selector, servers } = specOf(gateway)
      const [pod] = podsOf(gateway, mesh)
      if (!pod) {
        if (mesh.isWhole) report(messageTypes.notFound, gateway, ['selector', selectorText(selector)], ['spec', 'selector'])
        continue
      }
      for (const [i, { tls }] of listOf(servers).entries()) {
        if (!tls?.credentialName) continue
        const path = ['spec', 'servers', i, 'tls', 'credentialName']
        const secret = mesh.find(kinds.secret, pod.namespace, tls.credentialName)
        if (!secret && !mesh.knows(kinds.secret, pod.namespace)) continue
        if (!secret) report(messageTypes.notFound, gateway, ['credentialName', String(tls.credentialName)], path)
        else if (!holdsCertificate(secret, mesh.nowMs)) report(messageTypes.invalidCredential, gateway, [gateway.name, pod.namespace], path)
      }
    }
  },
}

/** Pairs of names that a certificate and its key may have. Source: Istio `pilot/pkg/credentials/kube` ExtractCertInfo. */
const pairs = [
  ['cert', 'key'],
  ['tls.crt', 'tls.key'],
] as const

function holdsCertificate(secret: Resource, nowMs: number): boolean {
  const { data, stringData } = secret.object
  const read = (name: string): string => stringData?.[name] ?? Buffer.from(String(data?.[name] ?? ''), 'base64').toString('utf8')
  const found = pairs.find(([certificate, key]) => read(certificate) !== '' && read(key) !== '')
  return found !== undefined && isCurrent(read(found[0]), nowMs)
}

function isCurrent(pem: string, nowMs: number): boolean {
  try {
    const { validFrom, validTo } = new X509Certificate(pem)
    return Date.parse(validFrom) <= nowMs && nowMs <= Date.parse(validTo)
  } catch {
    return false
  }
}
