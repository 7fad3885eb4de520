import type { Settings } from '../../../settings.ts'
import { NotSupported } from '../../target.ts'
import type { KubeObjects } from '../kube/objects.ts'
import { HttpJson } from './http-json.ts'
import { Jaeger } from './jaeger.ts'
import type { JsonSource } from './json-source.ts'
import { Prometheus } from './prometheus.ts'
import { ProxiedJson, proxiedName } from './proxied-json.ts'
import type { ProxiedService } from './proxied-json.ts'
import { SourceFailure } from './source-failure.ts'
import type { TraceSource } from './span.ts'
import { Tempo } from './tempo.ts'
import type { Sources } from './watch.ts'

export type SourceSettings = Pick<Settings, 'prometheus' | 'jaeger' | 'tempo' | 'telemetryToken'>

interface Service {
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly spec: { readonly ports?: readonly { readonly name?: string; readonly port: number }[] }
}

/** Services as Istio's addons, the charts and the operators of each call them, and the names of their ports. Source: Istio `samples/addons`. */
const usual = {
  Prometheus: { names: ['prometheus', 'prometheus-operated', 'prometheus-server'], ports: ['http', 'web', 'http-web'] },
  Jaeger: { names: ['tracing', 'jaeger-query', 'jaeger'], ports: ['http-query', 'query', 'http'] },
  Tempo: { names: ['tempo', 'tempo-query-frontend'], ports: ['http', 'tempo-prom-metrics', 'http-metrics'] },
} as const
type Kind = keyof typeof usual

/** Sources that the user has named. @throws MeshSpecError TELEMETRY_FAILED where one does not answer as it should */
export async function namedSources(settings: SourceSettings): Promise<Omit<Sources, 'logs'>> {
  const sources = sourcesAt((kind) => {
    const url = settings[kind.toLowerCase() as 'prometheus' | 'jaeger' | 'tempo']
    return url === null ? null : new HttpJson(kind, url, { token: settings.telemetryToken })
  })
  try {
    await Promise.all([...sources.tracers.map((one) => one.probe()), sources.prometheus?.now()])
  } catch (error) {
    throw error instanceof SourceFailure ? error.toError() : error
  }
  return sources
}

/** Names by which the API server would be asked for those that stand beside the control plane and that no URL names: `http:prometheus:9090`. */
export async function proxiedServices(objects: KubeObjects, namespace: string, settings: SourceSettings): Promise<readonly string[]> {
  const { prometheus, jaeger, tempo } = settings
  const services = await objects.list<Service>('v1', 'Service', namespace).catch(() => [])
  const kinds: readonly Kind[] = [...(prometheus ? [] : (['Prometheus'] as const)), ...(jaeger || tempo ? [] : (['Jaeger', 'Tempo'] as const))]
  return kinds.flatMap((kind) => {
    const found = serviceOf(kind, services)
    return found ? [proxiedName(found)] : []
  })
}

/** Those that stand beside the control plane, asked through the API server. @param warn is told of one that is there and does not answer */
export async function foundSources(objects: KubeObjects, namespace: string, warn: (text: string) => void): Promise<Omit<Sources, 'logs'>> {
  const services = await objects.list<Service>('v1', 'Service', namespace).catch(() => [])
  const { tracers, prometheus } = sourcesAt((kind) => {
    const service = serviceOf(kind, services)
    return service && new ProxiedJson(kind, objects.api, service)
  })
  const answering = await Promise.all(tracers.map(async (one) => ((await answers(() => one.probe(), warn)) ? [one] : [])))
  return { tracers: answering.flat(), prometheus: prometheus && (await answers(() => prometheus.now(), warn)) ? prometheus : null }
}

/** Before anything is deployed for statements that nobody could tell the truth of. @throws NotSupported */
export function assertTelling({ tracers, prometheus }: Omit<Sources, 'logs'>): void {
  if (tracers.length > 0 || prometheus !== null) return
  const named = '--prometheus, --jaeger and --tempo name their URLs'
  throw new NotSupported('telemetry', `no Prometheus, Jaeger or Tempo is known that sees what the mesh does; ${named}`)
}

function sourcesAt(at: (kind: Kind) => JsonSource | null): { readonly tracers: readonly TraceSource[]; readonly prometheus: Prometheus | null } {
  const [jaeger, tempo, prometheus] = [at('Jaeger'), at('Tempo'), at('Prometheus')]
  return {
    tracers: [...(jaeger ? [new Jaeger(jaeger)] : []), ...(tempo ? [new Tempo(tempo)] : [])],
    prometheus: prometheus && new Prometheus(prometheus),
  }
}

async function answers(ask: () => Promise<unknown>, warn: (text: string) => void): Promise<boolean> {
  try {
    await ask()
    return true
  } catch (error) {
    if (!(error instanceof SourceFailure)) throw error
    warn(`${error.source} is not asked: it ${error.message}\n`)
    return false
  }
}

function serviceOf(kind: Kind, services: readonly Service[]): ProxiedService | null {
  const { names, ports } = usual[kind]
  const found = names.map((name) => services.find(({ metadata }) => metadata.name === name)).find((one) => one !== undefined)
  if (!found) return null
  const all = found.spec.ports ?? []
  const port = ports.map((name) => all.find((one) => one.name === name)).find((one) => one !== undefined) ?? all[0]
  return port ? { namespace: found.metadata.namespace, name: found.metadata.name, port: port.port } : null
}
