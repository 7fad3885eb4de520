import type { Draw } from '../draw.ts'
import { type Aim, aimedCalls } from './aimed-calls.ts'
import { type Document, document } from './document.ts'
import { secret } from './manifests.ts'
import type { Json } from './matches.ts'
import { meshConfigFor } from './mesh-config.ts'
import type { Subject } from './scenery.ts'
import { paths } from './words.ts'

const hosts = ['shop.example.com', '*.example.com', 'www.example.com', 'api.example.com']

/** Ingresses of both versions, whose they are, and which of their paths wins. */
export const ingresses: Subject = (draw, count) => {
  const all = draw.many(1, 3, (i) => ingress(draw, i))
  const rules = draw.chance(0.3)
    ? [document('DestinationRule', 'b', 'default', { host: 'b', trafficPolicy: { loadBalancer: { simple: 'ROUND_ROBIN' } } })]
    : []
  const classes = draw.chance(0.4)
    ? [document('IngressClass', 'own', '', { controller: draw.one(['istio.io/ingress-controller', 'example.com/other']) })]
    : []
  const aims = all.flatMap(({ spec }): Aim[] => aimsOf(spec))
  const config = [secret('cert', 'istio-system'), ...classes, ...all, ...rules]
  return { config, calls: aimedCalls(draw, aims, count), ...draw.maybe(0.35, () => ({ meshConfig: meshConfigFor(draw) })) }
}

function ingress(draw: Draw, index: number): Document {
  const old = draw.chance(0.15)
  const namespace = draw.one(['default', 'default', 'default', 'other'])
  const backend = (): Json => backendOf(draw, old, namespace)
  const className = draw.one<Json>([{}, {}, {}, {}, {}, { ingressClassName: 'own' }, { ingressClassName: 'own' }, { ingressClassName: 'nginx' }])
  const annotated =
    'ingressClassName' in className
      ? {}
      : draw.maybe(0.95, () => ({ annotations: { 'kubernetes.io/ingress.class': draw.one(['istio', 'istio', 'istio', 'istio', 'istio', 'nginx']) } }))
  const spec = {
    ...className,
    rules: draw.many(1, 3, () => ({
      ...draw.maybe(0.8, () => ({ host: draw.one(hosts) })),
      http: {
        paths: draw.many(1, 3, () => ({
          path: draw.one(paths.filter((path) => !path.includes('%'))),
          pathType: draw.one(['Exact', 'Prefix', 'Prefix', 'ImplementationSpecific']),
          backend: backend(),
        })),
      },
    })),
    ...draw.maybe(0.2, () => ({ [old ? 'backend' : 'defaultBackend']: backend() })),
    ...draw.maybe(0.3, () => ({
      tls: [{ ...draw.maybe(0.6, () => ({ hosts: [draw.one(hosts)] })), secretName: draw.one(['cert', 'cert', 'cert', 'cert', 'cert', 'missing']) }],
    })),
  }
  const made = document('Ingress', `ingress-${index}`, namespace, spec, annotated)
  return old ? { ...made, apiVersion: 'extensions/v1beta1' } : made
}

function backendOf(draw: Draw, old: boolean, namespace: string): Json {
  const name = namespace === 'default' ? draw.one(['b', 'c', 'c', 'nobody']) : draw.one(['b', 'd'])
  if (old) return { serviceName: name, servicePort: draw.one<unknown>([80, 'http', 9090]) }
  return { service: { name, port: draw.one<Json>([{ number: 80 }, { number: 9090 }, { name: 'http' }, { name: 'http-alt' }, { number: 1234 }]) } }
}

interface IngressRule {
  readonly host?: string
  readonly http: { readonly paths: readonly { readonly path: string; readonly pathType: string }[] }
}

function aimsOf(spec: Json): Aim[] {
  return (spec['rules'] as IngressRule[]).flatMap(({ host = 'any.example.org', http }) =>
    http.paths.flatMap(({ path, pathType }): Aim[] => {
      const uri = pathType === 'Exact' ? { exact: path } : { prefix: path }
      const plain: Aim = { hosts: [host, host, 'shop.example.com'], from: ['ingressgateway'], ports: [''], match: { uri }, rule: {} }
      return [plain, plain, ...('tls' in spec ? [{ ...plain, ports: [':443'], schemes: ['https'] }] : [])]
    }),
  )
}
