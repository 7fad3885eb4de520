import { expect, test } from 'vitest'
import { readText } from '../read.ts'
import { validateResource } from '../validate.ts'

function verdict(spec: string): string {
  const text = `{apiVersion: networking.istio.io/v1, kind: Sidecar, metadata: {name: a, namespace: x}, spec: {${spec}}}`
  const { errors, warnings } = validateResource(readText(text, 'a.yaml').resources[0]!)
  return errors.length > 0 ? 'refused' : warnings.length > 0 ? 'warned of' : 'taken'
}

const port = 'port: {number: 9, protocol: HTTP, name: a}'

/** Each asked of istioctl validate, 1.32. */
test.each([
  ["egress: [{hosts: ['~ns1/*']}]", 'taken'],
  ["egress: [{hosts: ['~/*']}]", 'taken'],
  ["egress: [{hosts: ['~~a/*']}]", 'refused'],
  ["egress: [{hosts: ['~ns1/a.com']}]", 'taken'],
  ["egress: [{hosts: ['*/*', '~ns1/*']}]", 'taken'],
  ["egress: [{hosts: ['*/*', 'a/b.com']}]", 'warned of'],
  ["egress: [{hosts: ['./*']}, {hosts: ['./*']}]", 'refused'],
  ["egress: [{port: {number: 80, protocol: HTTP}, hosts: ['./*']}, {port: {number: 80, protocol: HTTP}, hosts: ['./*']}]", 'refused'],
  ["egress: [{port: {number: 80, protocol: FOO}, hosts: ['./*']}]", 'refused'],
  ["egress: [{port: {number: 80}, hosts: ['./*']}]", 'taken'],
  ["egress: [{hosts: ['a/b']}]", 'refused'],
  ["egress: [{hosts: ['b.com']}]", 'refused'],
  ["egress: [{hosts: ['*/a*.com']}]", 'refused'],
  ["egress: [{hosts: ['*/1.2.3.4']}]", 'refused'],
  ["egress: [{bind: 'unix:///a/b', port: {number: 0, protocol: HTTP}, hosts: ['./*']}]", 'taken'],
  ["egress: [{bind: 'unix://@b', port: {number: 0, protocol: HTTP}, captureMode: IPTABLES, hosts: ['./*']}]", 'refused'],
  ["egress: [{bind: '1.2.3', port: {number: 9, protocol: HTTP}, hosts: ['./*']}]", 'refused'],
  ['egress: [{hosts: []}]', 'refused'],
  [`ingress: [{${port}}]`, 'taken'],
  [`ingress: [{${port}, defaultEndpoint: '127.0.0.1:80'}]`, 'taken'],
  [`ingress: [{${port}, defaultEndpoint: '10.0.0.1:80'}]`, 'refused'],
  [`ingress: [{${port}, defaultEndpoint: a}]`, 'refused'],
  [`ingress: [{${port}, defaultEndpoint: ':0'}]`, 'refused'],
  [`ingress: [{${port}}, {${port}}]`, 'refused'],
  ['ingress: [{port: {number: 9, protocol: HTTPS, name: a}, tls: {mode: SIMPLE}}]', 'refused'],
  [`ingress: [{${port}, tls: {mode: SIMPLE, privateKey: a, serverCertificate: b}}]`, 'refused'],
  ['ingress: [{port: {number: 9, protocol: TCP, name: a}, connectionPool: {http: {maxRetries: 1}}}]', 'warned of'],
  ['outboundTrafficPolicy: {}', 'taken'],
  ['outboundTrafficPolicy: {mode: REGISTRY_ONLY, egressProxy: {host: a.com, port: {number: 80}}}', 'refused'],
  ['outboundTrafficPolicy: {mode: ALLOW_ANY, egressProxy: {host: a.com}}', 'refused'],
  ['outboundTrafficPolicy: {mode: ALLOW_ANY, egressProxy: {host: a.com, port: {number: 80}, subset: A_b}}', 'refused'],
  ['inboundConnectionPool: {}', 'refused'],
  ["workloadSelector: {labels: {'a*': b}}, egress: [{hosts: ['./*']}]", 'refused'],
  ["workloadSelector: {}, egress: [{hosts: ['./*']}]", 'warned of'],
  ['workloadSelector: {labels: {a: b}}', 'refused'],
])('a Sidecar with %s is %s', (spec, wanted) => {
  expect(verdict(spec)).toBe(wanted)
})
