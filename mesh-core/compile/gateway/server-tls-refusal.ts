import type { ServerTls } from './gateway-resource.ts'
import { unknownSuite } from './cipher-suites.ts'
import { unknownCurve } from '../clusters/key-exchange.ts'
import type { TlsDefaults } from '../mesh/mesh-config.ts'

/**
 * Why Envoy refuses the listener of a server that istiod lets pass. What it is to look for in certificates of clients istiod writes down only where its own is a Secret's.
 * Source: Istio `security/model/authentication.go` ApplyCredentialSDSToServerCommonTLSContext; Envoy `default_validator.cc`, `CertificateValidationContext`.
 */
export function serverTlsRefusal(tls: ServerTls, cipherSuites: readonly string[], defaults: TlsDefaults): string | null {
  const suite = unknownSuite(cipherSuites)
  if (suite !== undefined) return `${suite} is no cipher suite that Envoy knows by a name`
  // No client here lacks those that Envoy knows.
  const curve = tls.mode === 'ISTIO_MUTUAL' ? undefined : unknownCurve(tls.ecdhCurves?.length ? tls.ecdhCurves : defaults.ecdhCurves)
  if (curve !== undefined) return `${curve} is no group that Envoy exchanges keys in`
  if (!tls.credentialName && !tls.credentialNames?.length) return null
  if (tls.mode === 'MUTUAL' || tls.mode === 'OPTIONAL_MUTUAL') return pinRefusal(tls)
  return tls.mode === 'SIMPLE' && tls.subjectAltNames?.length
    ? 'subjectAltNames are looked for in certificates that no authority is trusted for'
    : null
}

function pinRefusal({ verifyCertificateHash = [], verifyCertificateSpki = [] }: ServerTls): string | null {
  const hash = verifyCertificateHash.find(({ length }) => length < 64 || length > 95)
  if (hash !== undefined) return `verifyCertificateHash "${hash}" is not 64 to 95 characters long`
  const key = verifyCertificateSpki.find(({ length }) => length !== 44)
  return key === undefined ? null : `verifyCertificateSpki "${key}" is not 44 characters long`
}
