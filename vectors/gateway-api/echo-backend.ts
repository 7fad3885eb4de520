import type { Secrets } from '../../mesh-core/compile/gateway/secrets.ts'
import type { ApplicationTls } from '../../mesh-core/ir/tls.ts'
import type { WorkloadInstance } from '../../mesh-core/registry/registry.ts'
import { CallError, Headers, isBytes, type HttpRequest, type HttpResponse, type Program, type ServiceContext } from '../../mesh-core/ir/index.ts'
import { durationMs } from '../mesh-observed/case.ts'

/** Asks the backend for header fields in its answer: `name: value, name: value`. */
export const setsHeaders = 'x-echo-set-header'

/**
 * The suite's echo backend: it answers 200, late if the query says `delay`, and fails the first tries of a request that it tells by `uuid`: without
 * `responseCode` by closing the connection, after `delayRetry`, until `succeedAfter` retries were made.
 */
export function echoBackend(): Program {
  const tries = new Map<string, number>()
  return async (request, context) => {
    if (isBytes(request.protocol)) return { status: 0, headers: new Headers(), body: `${context.pod.name} ${request.body}` }
    if (request.headers.has('upgrade')) return { status: 101, headers: new Headers(upgrade), body: '', converse: (messages) => messages }
    const query = new URLSearchParams(request.path.split('?')[1] ?? '')
    const failing = isFailing(query, tries)
    await wait(failing ? query.get('delayRetry') : query.get('delay'), context)
    if (failing && !query.has('responseCode')) throw new CallError('closed')
    return answer(failing ? Number(query.get('responseCode')) : 200, request)
  }
}

const upgrade = ['connection', 'Upgrade', 'upgrade', 'websocket']

function isFailing(query: URLSearchParams, tries: Map<string, number>): boolean {
  const uuid = query.get('uuid')
  const wanted = query.get('succeedAfter')
  if (uuid === null || wanted === null) return false
  const before = tries.get(uuid) ?? 0
  tries.set(uuid, before + 1)
  return before < Number(wanted)
}

async function wait(duration: string | null, context: ServiceContext): Promise<void> {
  if (duration !== null) await context.sleep(durationMs(duration))
}

function answer(status: number, request: HttpRequest): HttpResponse {
  const grpc = request.headers.get('content-type')?.startsWith('application/grpc') ?? false
  const headers = new Headers(grpc ? ['content-type', 'application/grpc', 'grpc-status', '0'] : ['content-type', 'application/json'])
  for (const field of (request.headers.get(setsHeaders) ?? '').split(', ')) {
    const colon = field.indexOf(':')
    if (colon > 0) headers.append(field.slice(0, colon).trim(), field.slice(colon + 1).trim())
  }
  return { status, headers, body: '' }
}

/** Its port for TLS, whose files its environment names: the certificate, its key, and whom clients have to come from. */
export function echoTls({ env, mounts, ref }: WorkloadInstance, port: number, secrets: Secrets): ApplicationTls | undefined {
  const { TLS_SERVER_CERT: certificate, TLS_SERVER_PRIVKEY: key, TLS_CLIENT_CACERTS: authorities } = env
  if (port !== tlsPort || !certificate || !key) return undefined
  const files = { mounts, namespace: ref.namespace }
  const pair = secrets.pairInFiles(files, certificate, key)
  if (!pair) return undefined
  return { accepts: 'tls', certificate: pair, clientAuthorities: authorities ? secrets.authoritiesInFile(files, authorities, '').certificates : null }
}

const tlsPort = 8443
