import { protocolOf } from '../../mesh-core/registry/protocol.ts'
import { StatementFailed } from '../verdicts/failure.ts'
import { asNamespace } from './namespace.ts'
import { parseServiceRef, serviceRefPattern } from '../sentences/service-ref.ts'
import type { EchoService } from '../targets/target.ts'

type Column = (cell: string, service: EchoService) => EchoService

/** What a column of the table `the services:` says of a service. */
const columns: Readonly<Record<string, Column>> = {
  service: (cell, service) => ({ ...service, ...named(cell, service) }),
  versions: (cell, service) => ({ ...service, versions: versions(cell) }),
  replicas: (cell, service) => ({ ...service, replicas: cell === '' ? 1 : whole('replicas', cell) }),
  protocol: (cell, service) => ({ ...service, protocol: cell === '' ? 'http' : protocol(cell) }),
  namespace: (cell, service) => ({ ...service, namespace: cell === '' ? service.namespace : asNamespace(cell) }),
  port: (cell, service) => ({ ...service, port: cell === '' ? 80 : whole('port', cell, 65535) }),
  sidecar: (cell, service) => ({ ...service, sidecar: cell === '' || yes(cell) }),
  'service account': (cell, service) => (cell === '' ? service : { ...service, serviceAccount: account(cell) }),
}

/**
 * @param rows the first names the columns; of those only `service` is needed
 * @throws StatementFailed
 */
export function readEchoTable(rows: readonly (readonly string[])[], namespace: string): EchoService[] {
  const [head = [], ...body] = rows
  for (const name of head)
    if (!Object.hasOwn(columns, name)) throw new StatementFailed(`there is no column "${name}"; the columns are ${Object.keys(columns).join(', ')}`)
  const twice = head.find((name, i) => head.indexOf(name) < i)
  if (twice !== undefined) throw new StatementFailed(`the column "${twice}" stands in the table twice`)
  if (!head.includes('service')) throw new StatementFailed('the table of services needs a column "service"')
  if (body.length === 0) throw new StatementFailed('the table names no services')
  const services = body.map((cells) => head.reduce((service, name, i) => columns[name]!(cells[i] ?? '', service), echoService(namespace)))
  assertOnePortEach(services)
  return services
}

/** Versions of a service may stand in rows of their own; its port, which all of them share, is one. */
function assertOnePortEach(services: readonly EchoService[]): void {
  for (const [i, { name, namespace, port, protocol }] of services.entries()) {
    const before = services.slice(0, i).find((other) => other.name === name && other.namespace === namespace)
    const said = (column: string, one: string | number, other: string | number): string =>
      `"${name}" stands in two rows, with the ${column} ${one} and ${other}: a service of this table has one port`
    if (before && before.port !== port) throw new StatementFailed(said('ports', before.port, port))
    if (before && before.protocol !== protocol) throw new StatementFailed(said('protocols', before.protocol, protocol))
  }
}

/** An echo service as it is when nothing else is said. Versions: `v1`. */
export function echoService(namespace: string): EchoService {
  return { name: '', namespace, versions: ['v1'], replicas: 1, protocol: 'http', port: 80, sidecar: true }
}

function named(cell: string, service: EchoService): Pick<EchoService, 'name' | 'namespace'> {
  if (!new RegExp(`^${serviceRefPattern.source}$`).test(cell))
    throw new StatementFailed(`"${cell}" is no name of a service: those have lower-case letters, digits and "-"`)
  const ref = parseServiceRef(cell)
  if (ref.namespace?.includes('.')) throw new StatementFailed(`"${cell}" is a host outside; a ServiceEntry makes it known to the mesh`)
  if (ref.version !== null) throw new StatementFailed(`"${cell}": versions stand in a column of their own`)
  return { name: ref.name, namespace: ref.namespace ?? service.namespace }
}

function whole(column: string, cell: string, most = Infinity): number {
  if (/^[1-9]\d*$/.test(cell) && Number(cell) <= most) return Number(cell)
  throw new StatementFailed(`the column ${column} has a whole number ${most === Infinity ? 'from 1' : `from 1 to ${most}`}, not "${cell}"`)
}

/** An empty cell: one without a version. */
function versions(cell: string): readonly string[] {
  const names = cell.split(',').map((version) => version.trim())
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined && twice !== '') throw new StatementFailed(`the column versions names "${twice}" twice`)
  if (names.length > 1 && names.includes('')) throw new StatementFailed(`the column versions names a version without a name: "${cell}"`)
  return names
}

/** `http`, `http-web`; `auto` for a port whose name says nothing; appProtocols of Kubernetes have a prefix. */
function protocol(cell: string): string {
  const isKnown = cell.includes('/') || cell === 'auto' || protocolOf({ number: 0, name: cell, transport: 'TCP', appProtocol: null }) !== 'auto'
  if (isKnown) return cell
  throw new StatementFailed(
    `"${cell}" is no protocol that the name of a port can tell; write http, http2, https, grpc, grpc-web, tcp, tls, udp, mongo, mysql, redis, auto or an appProtocol like kubernetes.io/h2c`,
  )
}

/** Source: Kubernetes, the name of a ServiceAccount is a DNS subdomain. */
function account(cell: string): string {
  if (cell.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(cell)) return cell
  throw new StatementFailed(`"${cell}" is no name of a service account: lower case letters, digits, dashes and dots`)
}

function yes(cell: string): boolean {
  if (!['yes', 'true', 'no', 'false'].includes(cell)) throw new StatementFailed(`the column sidecar says yes or no, not "${cell}"`)
  return cell === 'yes' || cell === 'true'
}
