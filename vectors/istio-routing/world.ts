import type { ApplicationAddress } from '../../mesh-core/ir/index.ts'
import type { Fixture, FixturePort, FixtureService } from './vector.ts'

/** Services that Istio's fixture makes headless: their ports are those of the workloads. Source: `tests/integration/pilot/common/apps.go`. */
const headless: ReadonlySet<string> = new Set(['headless', 'statefulset'])
/** Echo workloads without a sidecar of their own. */
const withoutSidecar: ReadonlySet<string> = new Set(['naked', 'external', 'proxyless-grpc'])
/** Ports at which external services speak TLS, and how Istio's fixture names them. */
const tlsOrigination: readonly (FixturePort & { readonly targetPort: number })[] = [
  { name: 'http-tls-origination', protocol: 'HTTP', servicePort: 8888, workloadPort: 443, targetPort: 443 },
  { name: 'http2-tls-origination', protocol: 'HTTP2', servicePort: 8882, workloadPort: 443, targetPort: 443 },
]

/** @returns the Kubernetes and Istio objects that are there before a vector's own, as JSON documents */
export function worldOf(fixture: Fixture): string {
  const namespaces = [...new Set(fixture.services.map(({ namespace }) => namespace))]
  const objects = [
    // Of all of Istio's integration tests. Source: `tests/integration/base.yaml`.
    { apiVersion: 'mesh.istio.io/v1alpha1', kind: 'MeshConfig', defaultConfig: { proxyMetadata: { ISTIO_META_DNS_CAPTURE: 'true' } } },
    ...namespaces.map((name) => namespaceObject(name, name === fixture.namespace)),
    ...fixture.services.flatMap((service) => [serviceObject(service, fixture), deployment(service, fixture)]),
    restrictToNamespaces(fixture, namespaces),
    ...fixture.services.filter(({ name }) => name === 'external').map((service) => externalService(service, fixture)),
  ]
  return objects.map((object) => JSON.stringify(object)).join('\n---\n')
}

/** Where a test of forwarded addresses has its own gateway, which trusts two proxies. Source: Istio's `tests/integration/pilot/gateway_test.go`. */
export function customGateway({ namespace }: Fixture): string {
  const metadata = { name: 'custom-gateway', namespace }
  const labels = { istio: 'ingressgateway' }
  const annotations = { 'inject.istio.io/templates': 'gateway', 'proxy.istio.io/config': 'gatewayTopology: {numTrustedProxies: 2}' }
  const template = { metadata: { labels, annotations }, spec: { containers: [{ name: 'istio-proxy', image: 'auto' }] } }
  const service = { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 8080 }] } }
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { selector: { matchLabels: labels }, template } }
  return `${JSON.stringify(service)}\n---\n${JSON.stringify(deployment)}`
}

const boundTo: Readonly<Record<string, ApplicationAddress>> = { 'http-instance': 'pod', 'http-localhost': 'loopback' }

/** Where Istio's fixture has its applications listen. Source: `tests/integration/pilot/common/apps.go`, `pkg/test/framework/components/echo/common/ports`. */
export function addressOf(port: number, { ports }: Fixture): ApplicationAddress {
  return boundTo[ports.find(({ workloadPort }) => workloadPort === port)?.name ?? ''] ?? 'any'
}

function namespaceObject(name: string, injected: boolean): object {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: injected ? { 'istio-injection': 'enabled' } : {} } }
}

function isGateway({ labels }: FixtureService): boolean {
  return labels?.['istio'] !== undefined
}

function serviceObject(service: FixtureService, fixture: Fixture): object {
  const { name, namespace, vip } = service
  const own = headless.has(name)
  const ports = fixture.ports
    .filter(({ servicePort }) => servicePort > 0)
    .map((port) => ({ name: port.name, port: own ? port.workloadPort : port.servicePort, targetPort: port.workloadPort }))
  const gatewayPorts = [
    { name: 'http2', port: 80, targetPort: 8080 },
    { name: 'https', port: 443, targetPort: 8443 },
    { name: 'tcp', port: 9090, targetPort: 9090 },
  ]
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: labelsOf(service) },
    spec: { clusterIP: own ? 'None' : vip, selector: labelsOf(service), ports: isGateway(service) ? gatewayPorts : ports },
  }
}

function labelsOf({ name, labels }: FixtureService): Record<string, string> {
  return { app: name, ...labels }
}

/** Istio's fixture labels workloads by what they are; `a`, `b` and `c` are of the standard class. */
function classOf(name: string): string {
  return name.length === 1 ? 'standard' : name
}

function deployment(service: FixtureService, fixture: Fixture): object {
  const { name, namespace, pods } = service
  const labels = {
    ...labelsOf(service),
    version: 'v1',
    'test.istio.io/class': classOf(name),
    ...(withoutSidecar.has(name) ? { 'sidecar.istio.io/inject': 'false' } : {}),
  }
  // Upstream's echo has one more, that no service leads to.
  const ports = isGateway(service) ? [8080, 8443, 9090] : [8080, ...fixture.ports.map(({ workloadPort }) => workloadPort)]
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas: pods.length,
      selector: { matchLabels: labelsOf(service) },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          containers: [{ name: 'app', image: 'echo', ports: ports.map((containerPort) => ({ containerPort })) }],
        },
      },
    },
  }
}

function restrictToNamespaces(fixture: Fixture, namespaces: readonly string[]): object {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Sidecar',
    metadata: { name: 'restrict-to-namespace', namespace: fixture.namespace },
    spec: { egress: [{ hosts: namespaces.map((name) => `${name}/*`) }] },
  }
}

function externalService({ name, namespace, defaultHostHeader = 'fake.external.com' }: FixtureService, fixture: Fixture): object {
  const ports = fixture.ports.filter(({ servicePort }) => servicePort > 0)
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name: 'external-service', namespace: fixture.namespace },
    spec: {
      exportTo: ['.'],
      hosts: [defaultHostHeader],
      location: 'MESH_EXTERNAL',
      resolution: 'DNS',
      endpoints: [{ address: `${name}.${namespace}.svc.${fixture.meshDomain}` }],
      ports: [
        ...ports.map((port) => ({ name: port.name, number: port.servicePort, protocol: port.protocol })),
        ...tlsOrigination.map((port) => ({ name: port.name, number: port.servicePort, protocol: port.protocol, targetPort: port.targetPort })),
      ],
    },
  }
}
