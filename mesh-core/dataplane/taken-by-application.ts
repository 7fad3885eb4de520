import { Headers } from '../ir/message.ts'
import type { HttpRequest } from '../ir/message.ts'
import { plainOnTls } from '../ir/tls.ts'
import type { ApplicationTls, SeenTls } from '../ir/tls.ts'
import type { Outcome } from './outcome.ts'
import { applicationHandshake, clientNames } from './tls/tls-handshake.ts'
import type { TlsLayer } from './tls/tls-handshake.ts'

/** `null`: taken, without TLS. */
export type Taken = { readonly kind: 'taken'; readonly seen: SeenTls } | { readonly kind: 'refused'; readonly outcome: Outcome } | null

/** Does the application understand what comes to one of its ports? @param layers of TLS around it, the outermost first */
export function takenByApplication(server: ApplicationTls, request: HttpRequest, layers: readonly TlsLayer[]): Taken {
  const [outer, ...inner] = layers
  if (!outer) return server.accepts === 'tls' ? { kind: 'refused', outcome: refusalOfPlain(request) } : null
  if (server.accepts === 'plain') return { kind: 'refused', outcome: 'tls: WRONG_VERSION_NUMBER' }
  const failure = applicationHandshake(server, outer)
  if (failure) return { kind: 'refused', outcome: failure }
  const taken = { kind: 'taken', seen: seenOf(outer, server) } as const
  if (inner.length === 0) return taken
  // Applications look for none within their own.
  if (!server.takesTlsWithin) return { kind: 'refused', outcome: 'closed' }
  const within = takenByApplication(server, request, inner)
  return within?.kind === 'refused' ? within : taken
}

function refusalOfPlain({ protocol }: HttpRequest): Outcome {
  if (protocol === 'tcp') return 'closed'
  return { status: 400, headers: new Headers(['content-type', 'text/plain; charset=utf-8', 'connection', 'close']), body: plainOnTls }
}

const understood: ReadonlySet<string> = new Set(['h2', 'http/1.1'])

function seenOf(client: TlsLayer, { clientAuthorities }: ApplicationTls): SeenTls {
  return {
    serverName: client.serverName,
    applicationProtocol: (client.applicationProtocols ?? ['http/1.1']).find((name) => understood.has(name)) ?? null,
    clientNames: clientAuthorities === null ? [] : clientNames(client),
    clientCertificate:
      clientAuthorities === null
        ? null
        : (/-+BEGIN CERTIFICATE-+[^-]+-+END CERTIFICATE-+/.exec(client.certificate?.certificateChain ?? '')?.[0] ?? null),
  }
}
