import { readText } from '../../../mesh-core/config/load.ts'
import type { Resource } from '../../../mesh-core/config/resource.ts'
import type { EchoService } from '../target.ts'

export const echoFile = 'the services'

/**
 * A Service with an account of its own, and a Deployment for each version: named `shop`, `shop-v1`, labelled `app` and `version`, as Istio's samples (curl,
 * httpbin, Bookinfo) are.
 */
export function echoManifests(services: readonly EchoService[]): readonly Resource[] {
  const accounts = new Map(services.map((service) => [`${service.namespace}/${accountOf(service)}`, service]))
  const documents = [
    ...[...accounts.values()].filter((service) => accountOf(service) !== 'default').map(serviceAccountOf),
    ...services.flatMap((service) => [serviceOf(service), ...service.versions.map((version) => deploymentOf(service, version))]),
  ]
  return readText(documents.map((document) => JSON.stringify(document)).join('\n---\n'), echoFile).resources
}

/** The protocol names a port, followed by the number where there are several. */
function portsOf({
  protocol,
  port,
  ports = [],
}: EchoService): readonly { readonly name: string; readonly port: number; readonly protocol?: 'UDP'; readonly appProtocol?: string }[] {
  const transport = protocol.toLowerCase() === 'udp' ? { protocol: 'UDP' as const } : {}
  // Those of Kubernetes are no names: `kubernetes.io/h2c`.
  const [name, spoken] = protocol.includes('/') ? [protocol.replace(/^.*\//, 'app-'), { appProtocol: protocol }] : [protocol, {}]
  return [
    { name, port, ...transport, ...spoken },
    ...ports.map((further) => ({ name: `${name}-${further}`, port: further, ...transport, ...spoken })),
  ]
}

function accountOf({ name, serviceAccount = name }: EchoService): string {
  return serviceAccount
}

function serviceAccountOf(service: EchoService) {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: accountOf(service), namespace: service.namespace } }
}

function serviceOf(service: EchoService) {
  const { name, namespace } = service
  const ports = portsOf(service).map((own) => ({ ...own, targetPort: own.port }))
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace, labels: { app: name } }, spec: { selector: { app: name }, ports } }
}

function deploymentOf(service: EchoService, version: string) {
  const { name, namespace, replicas, sidecar, labels: further } = service
  const labels = {
    app: name,
    ...(version === '' ? {} : { version }),
    ...further?.[version],
    ...(sidecar ? {} : { 'sidecar.istio.io/inject': 'false' }),
  }
  const containers = [
    { name: 'echo', image: 'meshspec/echo', ports: portsOf(service).map(({ port, appProtocol: _, ...own }) => ({ ...own, containerPort: port })) },
  ]
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: version === '' ? name : `${name}-${version}`, namespace },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { serviceAccountName: accountOf(service), containers } },
    },
  }
}
