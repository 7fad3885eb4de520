import type { Resource } from '../mesh-core/config/resource.ts'
import { hasPodTemplate } from '../mesh-core/config/workload-kinds.ts'
import { echoService } from '../support/config/echo-services.ts'
import { servicesNamedBy } from '../support/sentences/services-named.ts'
import type { Call, EchoService, Sender } from '../support/targets/target.ts'

/** Who has to be there for a request, and is defined by nobody. */
export interface MadeUp {
  readonly services: readonly EchoService[]
  /** The request's, where it was taken for one of theirs; `null` where the config tells all, or 80 is asked for. */
  readonly askedPort: number | null
}

/** Echo services for what the config names and nothing defines; for the sender too. */
export function madeUpServices(resources: readonly Resource[], { from, target }: Call): MadeUp {
  const named = servicesNamedBy(resources)
  if (from.kind === 'client') return { services: named, askedPort: null }
  const asked = URL.canParse(target) ? Number(new URL(target).port) : 0
  const isOpen = ({ port, ports = [] }: EchoService): boolean => asked > 0 && port === defaultPort && !ports.includes(asked)
  const listening = named.map((service) => (isOpen(service) ? { ...service, ports: [...(service.ports ?? []), asked] } : service))
  return { services: withSender(listening, resources, from.service), askedPort: named.some(isOpen) ? asked : null }
}

const defaultPort = echoService('default').port

type SenderRef = Extract<Sender, { kind: 'service' }>['service']

function withSender(named: readonly EchoService[], resources: readonly Resource[], { name, namespace, version }: SenderRef): readonly EchoService[] {
  const home = namespace ?? 'default'
  const isSender = (service: { readonly name: string; readonly namespace: string }): boolean => service.name === name && service.namespace === home
  if (resources.some((resource) => (resource.kind === 'Service' || hasPodTemplate(resource)) && isSender(resource))) return named
  const wanted = version === null ? [] : [version]
  if (!named.some(isSender)) return [...named, { ...echoService(home), name, versions: wanted.length > 0 ? wanted : ['v1'] }]
  return named.map((service) => (isSender(service) ? { ...service, versions: [...new Set([...service.versions, ...wanted])] } : service))
}

/** What is to be said of them before the answer. */
export function madeUpLines({ services, askedPort }: MadeUp): string[] {
  if (services.length === 0) return []
  const names = services.map(({ name, namespace, versions }) => `${name}${namespace === 'default' ? '' : `.${namespace}`} (${versions.join(', ')})`)
  const open = services.filter(({ ports = [] }) => askedPort !== null && ports.includes(askedPort)).map(({ name }) => name)
  return [
    `made up, since no resource defines them: ${names.join(', ')}`,
    ...(open.length > 0 ? [`no resource tells the ports of ${open.join(', ')}: port ${askedPort} of the request is taken for one of theirs`] : []),
  ]
}
