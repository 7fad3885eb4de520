import type { FieldPath } from '../finding.ts'
import type { Fields, Judge } from './judge.ts'
import { each } from './judge.ts'

/** Source: Istio validateTLSOptions of ServerTLSSettings. */
export function checkServerTls(tls: Fields | undefined, path: FieldPath, judge: Judge): void {
  if (!tls) return
  warnOfCiphers(tls, path, judge)
  checkCredentialForms(tls, path, judge)
  if (tls.mode === 'ISTIO_MUTUAL') return refuseCertificates(tls, path, judge)
  if (
    (tls.mode ?? 'PASSTHROUGH').endsWith('PASSTHROUGH') &&
    ['caCrl', 'serverCertificate', 'privateKey', 'caCertificates', 'credentialName', 'credentialNames', 'tlsCertificates'].some(
      (field) => tls[field]?.length,
    )
  )
    judge.warn('CONFLICTING_FIELDS', path, `${tls.mode ?? 'PASSTHROUGH'} mode does not use certificates, they will be ignored`)
  checkOneForm(tls, path, judge)
  const mutual = tls.mode === 'MUTUAL' || tls.mode === 'OPTIONAL_MUTUAL'
  if (tls.mode === 'SIMPLE' || mutual) {
    if (tls.credentialName || tls.credentialNames?.length) return
    if (tls.tlsCertificates?.length) checkCertificates(tls, mutual, path, judge)
    else requireCertificate(tls, mutual, path, judge)
  }
  if (tls.caCrl && tls.credentialName)
    judge.error('CONFLICTING_FIELDS', [...path, 'caCrl'], 'CRL is not supported with credentialName. CRL has to be specified in the credential')
  if (tls.caCrl && tls.mode === 'SIMPLE') judge.error('CONFLICTING_FIELDS', [...path, 'caCrl'], 'CRL is not supported with SIMPLE TLS')
}

/** Certificates are given in one way, in modes that use none, too. */
function checkOneForm(tls: Fields, path: FieldPath, judge: Judge): void {
  const forms = ['credentialName', 'credentialNames', 'tlsCertificates'].filter((field) => tls[field]?.length > 0)
  if (forms.length + Number(Boolean(tls.serverCertificate && tls.privateKey)) > 1)
    judge.error(
      'CONFLICTING_FIELDS',
      [...path, forms.at(-1) as string],
      'only one of credential_name, credential_names, server_certificate/private_key, tls_certificates should be specified',
    )
}

/** An RSA and an ECDSA certificate. */
const maxCertificates = 2

function checkCertificates(tls: Fields, mutual: boolean, path: FieldPath, judge: Judge): void {
  const mode = mutual ? 'MUTUAL' : 'SIMPLE'
  if (tls.tlsCertificates.length > maxCertificates)
    judge.warn('INVALID_VALUE', [...path, 'tlsCertificates'], `${mode} TLS can support up to ${maxCertificates} server certificates`)
  for (const [certificate, at] of each(tls.tlsCertificates, [...path, 'tlsCertificates'])) {
    if (!certificate.serverCertificate) judge.error('SCHEMA_REQUIRED', [...at, 'serverCertificate'], `${mode} TLS requires a server certificate`)
    if (!certificate.privateKey) judge.error('SCHEMA_REQUIRED', [...at, 'privateKey'], `${mode} TLS requires a private key`)
  }
  if (mutual && !tls.caCertificates) judge.error('SCHEMA_REQUIRED', [...path, 'caCertificates'], `${mode} TLS requires a client CA bundle`)
}

function requireCertificate(tls: Fields, mutual: boolean, path: FieldPath, judge: Judge): void {
  const mode = mutual ? 'MUTUAL' : 'SIMPLE'
  const hint = 'set credentialName to the name of a secret'
  if (!tls.serverCertificate) judge.error('SCHEMA_REQUIRED', [...path, 'serverCertificate'], `${mode} TLS requires a server certificate`, hint)
  if (!tls.privateKey) judge.error('SCHEMA_REQUIRED', [...path, 'privateKey'], `${mode} TLS requires a private key`, hint)
  if (mutual && !tls.caCertificates) judge.error('SCHEMA_REQUIRED', [...path, 'caCertificates'], `${mode} TLS requires a client CA bundle`, hint)
}

function refuseCertificates(tls: Fields, path: FieldPath, judge: Judge): void {
  const words = {
    serverCertificate: 'server certificate',
    privateKey: 'private key',
    caCertificates: 'CA bundle',
    credentialName: 'credentialName',
    credentialNames: 'credentialNames',
  }
  for (const [field, what] of Object.entries(words))
    if (tls[field]) judge.error('CONFLICTING_FIELDS', [...path, field], `ISTIO_MUTUAL TLS cannot have associated ${what}`)
}

/** The CRD's CEL rules. */
function checkCredentialForms(tls: Fields, path: FieldPath, judge: Judge): void {
  const only = (one: string, other: string): void => {
    if (tls[one] !== undefined && tls[other] !== undefined)
      judge.error('CONFLICTING_FIELDS', [...path, other], `only one of ${one} or ${other} can be set`)
  }
  only('credentialNames', 'tlsCertificates')
  only('credentialName', 'credentialNames')
  only('credentialName', 'tlsCertificates')
}

const ciphers = new Set(
  `ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-RSA-AES256-GCM-SHA384 ECDHE-ECDSA-CHACHA20-POLY1305
   ECDHE-RSA-CHACHA20-POLY1305 ECDHE-ECDSA-AES128-SHA ECDHE-RSA-AES128-SHA ECDHE-ECDSA-AES256-SHA ECDHE-RSA-AES256-SHA AES128-GCM-SHA256 AES256-GCM-SHA384 AES128-SHA
   AES256-SHA DES-CBC3-SHA`.split(/\s+/),
)

/** Operators (`-NAME`, `[A|B]`) are not read. Source: Istio security.IsValidCipherSuite */
function isCipher(text: string): boolean {
  return text === '' || text === 'ALL' || !/^[\p{L}\p{N}]/u.test(text) || ciphers.has(text)
}

function warnOfCiphers(tls: Fields, path: FieldPath, judge: Judge): void {
  const named: readonly string[] = tls.cipherSuites ?? []
  if ((tls.minProtocolVersion === 'TLSV1_0' || tls.minProtocolVersion === 'TLSV1_1') && named.length === 0)
    judge.warn(
      'INVALID_VALUE',
      [...path, 'minProtocolVersion'],
      'TLS version below TLSV1_2 require setting compatible ciphers as by default they no longer include compatible ciphers.',
    )
  const invalid = [...new Set(named.filter((cipher) => !isCipher(cipher)))].toSorted()
  const repeated = [...new Set(named.filter((cipher, i) => isCipher(cipher) && named.indexOf(cipher) < i))].toSorted()
  if (invalid.length > 0) judge.warn('INVALID_VALUE', [...path, 'cipherSuites'], `ignoring invalid cipher suites: [${invalid.join(' ')}]`)
  if (repeated.length > 0) judge.warn('INVALID_VALUE', [...path, 'cipherSuites'], `ignoring duplicate cipher suites: [${repeated.join(' ')}]`)
}
