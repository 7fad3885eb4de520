import type { Analyzer } from '../analyzer.ts'
import type { Fields } from '../inventory.ts'
import { fullName, kinds, listOf, specOf } from '../inventory.ts'
import { messageTypes } from '../message-types.ts'

/** Gateways on the same pods with one certificate. Source: Istio `analyzers/gateway/certificate.go`. */
export const gatewayCertificates: Analyzer = {
  name: 'gateway.CertificateAnalyzer',
  inputs: [kinds.gateway],
  analyze(mesh, report) {
    const gateways = mesh.all(kinds.gateway)
    for (const gateway of gateways)
      for (const other of gateways)
        if (other !== gateway && isWithin(specOf(gateway).selector, specOf(other).selector))
          for (const own of listOf(specOf(gateway).servers))
            if (listOf(specOf(other).servers).some((server) => isSameCertificate(own.tls, server.tls)))
              report(messageTypes.duplicateCertificate, gateway, [[fullName(gateway), fullName(other)]], ['metadata', 'name'])
  },
}

/** What `selector` asks for, `other` asks for, too. */
function isWithin(selector: Fields | undefined, other: Fields | undefined): boolean {
  return Object.entries(selector ?? {}).every(([key, value]) => other?.[key] === value)
}

function isSameCertificate(one: Fields | undefined, other: Fields | undefined): boolean {
  if (!one || !other) return false
  if (one.credentialName || other.credentialName) return one.credentialName === other.credentialName
  return Boolean(one.serverCertificate && one.privateKey) && one.serverCertificate === other.serverCertificate && one.privateKey === other.privateKey
}
