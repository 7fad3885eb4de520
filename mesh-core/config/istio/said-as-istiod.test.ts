import { expect, test } from 'vitest'
import { readText } from '../read.ts'
import { validateResource } from '../validate.ts'

const policy = 'security.istio.io/v1 AuthorizationPolicy'
const dynamic = 'location: MESH_EXTERNAL, resolution: DYNAMIC_DNS, ports: [{number: 80, name: http, protocol: HTTP}]'

/** Scenarios quote what a mesh says to a config that it refuses: each as istiod's webhook, or the CRD, was observed to say it. */
test.each([
  [policy, 'rules: [{from: [{source: {principals: [""]}}]}]', 'empty value not allowed, found in Principals'],
  [policy, 'rules: [{from: [{source: {}}]}]', '`from.source` must not be empty, found at rule 0'],
  [policy, 'rules: [{}, {to: [{operation: {}}]}]', '`to.operation` must not be empty, found at rule 1'],
  [policy, 'rules: [{when: [{key: foo, values: [a]}]}]', 'invalid `value` for `key` foo: unknown attribute: foo'],
  [policy, 'rules: [{when: [{key: "request.headers[]", values: [a]}]}]', 'bad key (request.headers[]): should have format a[b]'],
  [
    policy,
    'rules: [{from: [{source: {serviceAccounts: ["a/b/c"]}}]}]',
    `expected format 'serviceAccount' or 'namespace/serviceAccount', found "a/b/c" in ServiceAccounts`,
  ],
  [policy, 'rules: [{from: [{source: {notServiceAccounts: ["a/"]}}]}]', 'found empty serviceAccount "a/" in NotServiceAccounts'],
  [policy, 'rules: [{when: [{key: source.serviceAccount, values: ["/b"]}]}]', 'found empty namespace "/b" in source.serviceAccount'],
  [policy, 'rules: [{from: [{source: {serviceAccounts: ["a/*"]}}]}]', 'wildcard not allowed, found in ServiceAccounts'],
  [
    policy,
    'rules: [{to: [{operation: {paths: ["/a/{**}/{*}"]}}]}]',
    'invalid or unsupported path a/{**}/{*}, found in Paths. {**} is not the last operator',
  ],
  [
    policy,
    'action: CUSTOM, provider: {name: x}, rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]',
    'From.RequestPrincipals is currently not supported with CUSTOM action',
  ],
  [policy, 'selector: {matchLabels: {a: "b*"}}', 'wildcard not allowed in label value match'],
  [policy, 'selector: {matchLabels: {"": b}}', 'key must not be empty'],
  [
    policy,
    'targetRefs: [{kind: Gateway, name: a}]',
    'targetRef must be to one of [core/v1/Service networking.istio.io/v1/ServiceEntry gateway.networking.k8s.io/v1/Gateway gateway.networking.k8s.io/v1/GatewayClass] but was /Gateway',
  ],
  [
    'networking.istio.io/v1 DestinationRule',
    'host: b, trafficPolicy: {tunnel: {targetHost: "a b", targetPort: 0}}',
    'domain name "a b" invalid (label "a b" invalid); a b is not a valid IP',
  ],
  [
    'networking.istio.io/v1 DestinationRule',
    'host: b, trafficPolicy: {tunnel: {targetHost: a, targetPort: 0}}',
    'tunnel target port is invalid: port number 0 must be in the range 1..65535',
  ],
  ['networking.istio.io/v1 ServiceEntry', `hosts: [a.com], ${dynamic}`, 'host must be wildcarded for resolution mode DYNAMIC_DNS'],
  [
    'networking.istio.io/v1 ServiceEntry',
    `hosts: ["*.a.com"], addresses: [1.1.1.1], ${dynamic}`,
    'addresses cannot be set for resolution type DYNAMIC_DNS',
  ],
  ['networking.istio.io/v1 Sidecar', 'egress: [{hosts: ["/b"]}]', 'short names (non FQDN) are not allowed'],
  ['networking.istio.io/v1 Sidecar', 'egress: [{hosts: ["a/"]}]', 'empty domain name not allowed'],
  ['networking.istio.io/v1 Sidecar', 'egress: [{port: {number: 80, protocol: HTTP}, bind: a.com, hosts: ["*/*"]}]', 'a.com is not a valid IP'],
  [
    'networking.istio.io/v1 Sidecar',
    'ingress: [{port: {number: 80, protocol: HTTP}, defaultEndpoint: "10.0.0.1:80"}]',
    'sidecar: defaultEndpoint must be of form 127.0.0.1:<port>,0.0.0.0:<port>,[::1]:port,[::]:port,unix://filepath or unset',
  ],
  [
    'networking.istio.io/v1 Sidecar',
    'ingress: [{port: {number: 80, protocol: HTTP}, defaultEndpoint: "127.0.0.1:abc"}]',
    'sidecar: defaultEndpoint port (abc) is not a number',
  ],
  ['networking.istio.io/v1 Sidecar', 'workloadSelector: {labels: {a: "*"}}, egress: [{hosts: ["*/*"]}]', 'wildcard is not supported in selector'],
  [
    'networking.istio.io/v1 Sidecar',
    'outboundTrafficPolicy: {mode: ALLOW_ANY, egressProxy: {host: "*", port: {number: 80}}}',
    'invalid destination host *',
  ],
  ['networking.istio.io/v1 WorkloadEntry', 'address: ""', 'address is required'],
  ['networking.istio.io/v1 WorkloadEntry', 'labels: {a: b}', 'Address is required'],
  ['networking.istio.io/v1 WorkloadGroup', 'template: {}, probe: {httpGet: {port: 80, httpHeaders: [{value: c}]}}', 'header name cannot be empty'],
  ['networking.istio.io/v1 WorkloadGroup', 'template: {}, probe: {grpc: {}}', 'unknown health check method *v1alpha3.ReadinessProbe_Grpc'],
  ['security.istio.io/v1 RequestAuthentication', "jwtRules: [{issuer: a, jwks: '{}'}]", 'invalid key type from JSON ()'],
  ['telemetry.istio.io/v1 Telemetry', 'accessLogging: [{filter: {expression: "a +"}}]', 'must be a valid CEL expression'],
  ['networking.istio.io/v1alpha3 EnvoyFilter', 'configPatches: [{applyTo: CLUSTER}]', 'Envoy filter: missing patch'],
  [
    'networking.istio.io/v1alpha3 EnvoyFilter',
    'configPatches: [{applyTo: VIRTUAL_HOST, match: {listener: {}}, patch: {operation: ADD, value: {name: b}}}]',
    'Envoy filter: applyTo for http route class objects cannot have non route configuration match',
  ],
])('%s with %s is refused with: %s', (kind, spec, said) => {
  const [apiVersion, name] = kind.split(' ')
  const text = `{apiVersion: ${apiVersion!}, kind: ${name!}, metadata: {name: x, namespace: default}, spec: {${spec}}}`
  const { errors } = validateResource(readText(text, 'x.yaml').resources[0]!)
  expect(errors.map(({ message }) => message).join('\n')).toContain(said)
})
