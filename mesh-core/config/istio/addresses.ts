import type { FieldPath } from '../finding.ts'
import type { Judge } from './judge.ts'
import { fqdnProblem, isDnsLabel, isIpAddress } from './names.ts'

/** @returns what is wrong with `host:port`, null for nothing. Source: Istio ValidateProxyAddress */
export function proxyAddressProblem(address: string): string | null {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:[\]]*)):([^:]*)$/.exec(address) ?? []
  const host = bracketed ?? plain
  if (host === undefined || port === undefined) return `unable to split "${address}" into host and port`
  if (!/^[-+]?\d+$/.test(port)) return `port (${port}) is not a number`
  if (Number(port) < 1 || Number(port) > 65535) return `port number ${port} must be in the range 1..65535`
  return fqdnProblem(host) === null || isIpAddress(host) ? null : `"${host}" is not a valid hostname or an IP address`
}

export function checkProxyAddress(address: string, path: FieldPath, judge: Judge): void {
  const problem = proxyAddressProblem(address)
  if (problem !== null) judge.error('INVALID_HOST', path, problem)
}

/** @returns what is wrong, null for nothing. Source: Istio ValidateTrustDomain */
export function trustDomainProblem(domain: string): string | null {
  if (domain === '') return 'empty domain name not allowed'
  // The last label may be empty: `istio.io.`
  const labels = domain.split('.')
  const wrong = labels.some((label, i) => !(label === '' && i === labels.length - 1) && !isDnsLabel(label))
  return wrong ? `trust domain name "${domain}" invalid` : null
}
