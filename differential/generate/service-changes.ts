import type { Draw } from '../draw.ts'
import type { Document } from './document.ts'
import type { Json } from './matches.ts'

/** A Service whose ports say something else of themselves, or that is of another type. */
export function changedService(draw: Draw, service: Document): Document {
  return draw.chance(0.7) ? withPorts(draw, service) : draw.one(wholes)(draw, service)
}

const names = ['http', 'http2', 'grpc', 'tcp', 'tls', 'https', 'mongo', 'mysql', 'redis', 'grpc-web', 'any', 'http-x', 'udp']
const protocols = ['http', 'http2', 'HTTP', 'https', 'tcp', 'tls', 'grpc', 'kubernetes.io/h2c', 'kubernetes.io/ws', 'unheard-of', 'example.com/http']

function withPorts(draw: Draw, service: Document): Document {
  const ports = service.spec['ports'] as readonly Json[] | undefined
  if (!Array.isArray(ports) || ports.length === 0) return service
  const at = draw.between(0, ports.length - 1)
  const changed = ports.map((port: Json, i) => (i === at ? { ...port, ...draw.one(ofPorts)(draw, i) } : port))
  return { ...service, spec: { ...service.spec, ports: changed } }
}

const ofPorts: readonly ((draw: Draw, index: number) => Json)[] = [
  (draw, index) => ({ name: `${draw.one(names)}-${index}` }),
  (draw) => ({ appProtocol: draw.one(protocols) }),
  (draw) => ({ targetPort: draw.one([8080, 9090, 7999]) }),
  (draw, index) => ({ name: `${draw.one(names)}-${index}`, appProtocol: draw.one(protocols) }),
  (draw) => ({ port: draw.one([81, 443, 8080, 7000]) }),
]

const wholes: readonly ((draw: Draw, service: Document) => Document)[] = [
  (_, service) => withFields(service, { clusterIP: 'None' }),
  (_, service) => withFields(service, { publishNotReadyAddresses: true }),
  (draw, service) => withFields(service, { trafficDistribution: draw.one(['PreferClose', 'PreferSameZone', 'PreferSameNode']) }),
  (draw, service) => withFields(service, { selector: { ...(service.spec['selector'] as Json), version: draw.one(['v1', 'v2']) } }),
  (draw, service) => annotated(service, { 'networking.istio.io/exportTo': draw.one(['.', '*', '~', 'other', 'default,other']) }),
  (draw, service) => annotated(service, { 'networking.istio.io/traffic-distribution': draw.one(['PreferClose', 'PreferSameNode', 'Any']) }),
  (draw, { spec, ...service }) => ({
    ...service,
    spec: { type: 'ExternalName', externalName: draw.one(['api.ext.test', 'b.default.svc.cluster.local']), ports: spec['ports'] },
  }),
]

function withFields(service: Document, fields: Json): Document {
  return { ...service, spec: { ...service.spec, ...fields } }
}

function annotated(service: Document, annotations: Json): Document {
  return { ...service, metadata: { ...service.metadata, annotations: { ...(service.metadata['annotations'] as Json | undefined), ...annotations } } }
}
