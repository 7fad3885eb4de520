import type { AccessLogEntry, Exchange, Hop } from '../ir/exchange.ts'
import type { HttpRequest, HttpResponse } from '../ir/message.ts'
import { pathWithoutQuery } from '../match/path.ts'
import type { Registry, WorkloadInstance } from '../registry/registry.ts'
import type { Attributes } from './tag-expression.ts'
import { labelsOf } from './workload-labels.ts'

/** A request that a proxy has written into its log. */
export interface SeenRequest {
  readonly exchange: Exchange
  readonly hop: Hop
  readonly log: AccessLogEntry
  readonly registry: Registry
}

/** @param peer that the proxy knows of */
export function attributesOf({ exchange, hop, log }: SeenRequest, peer: WorkloadInstance | undefined, side: 'client' | 'server'): Attributes {
  const isOutermost = hop.parent === -1
  const request = hop.received ?? (isOutermost ? exchange.request : null)
  const [address, port] = log.upstreamHost === '-' ? [] : splitAddress(log.upstreamHost)
  return {
    request: request ? requestAttributes(request) : {},
    response: { code: BigInt(log.status), code_details: log.details, ...(isOutermost && exchange.response && answerAttributes(exchange.response)) },
    destination: log.localPort === undefined ? {} : { port: BigInt(log.localPort) },
    upstream: { ...(address && { address: log.upstreamHost }), ...(port && { port: BigInt(port) }) },
    xds: { cluster_name: log.cluster, route_name: log.route },
    filter_state: peer
      ? { [side === 'client' ? 'upstream_peer' : 'downstream_peer']: peerAttributes(peer) }
      : { upstream_peer: {}, downstream_peer: {} },
  }
}

function requestAttributes({ method, scheme, authority, path, headers, protocol }: HttpRequest): Attributes['request'] {
  const urlPath = pathWithoutQuery(path)
  return {
    ...{ method, scheme, host: authority, path, url_path: urlPath, query: path.slice(urlPath.length + 1), headers: valuesOf(headers) },
    ...{ id: headers.get('x-request-id'), useragent: headers.get('user-agent'), referer: headers.get('referer') },
    protocol: protocol === 'h2' ? 'HTTP/2' : protocol === 'http/1.0' ? 'HTTP/1.0' : 'HTTP/1.1',
  }
}

function answerAttributes({ headers, trailers }: HttpResponse): Attributes['response'] {
  return { headers: valuesOf(headers), trailers: trailers ? valuesOf(trailers) : {} }
}

/** Several of one name are joined. */
function valuesOf({ fields }: HttpRequest['headers']): Readonly<Record<string, string>> {
  const values: Record<string, string> = {}
  for (let i = 0; i < fields.length; i += 2) values[fields[i]!] = fields[i]! in values ? `${values[fields[i]!]},${fields[i + 1]}` : fields[i + 1]!
  return values
}

/** As proxies tell each other. Source: Istio's proxy, `metadata_object.cc`. */
function peerAttributes(peer: WorkloadInstance): Attributes['filter_state'] {
  const { workload, namespace, app, version, canonicalService, canonicalRevision, cluster } = labelsOf(peer)
  return {
    workload,
    namespace,
    app,
    version,
    service: canonicalService,
    revision: canonicalRevision,
    cluster,
    name: peer.ref.instance,
    labels: peer.labels,
  }
}

function splitAddress(address: string): [host: string, port: string] {
  const colon = address.lastIndexOf(':')
  return [address.slice(0, colon), address.slice(colon + 1)]
}
