import { CallError, Headers, type HttpRequest, type HttpResponse, type Program, type ServiceContext } from '../../mesh-core/ir/index.ts'
import { type Behaviour, durationMs } from './case.ts'

/** Tells a workload's own answer from a proxy's. */
export const workloadHeader = 'x-oracle-workload'
export const ownContentType = 'application/x-oracle'

/**
 * The program behind every workload of a case. Not the echo of `samples/`: its answers carry just the header fields that the observed echo wrote, since
 * rules may look at them (`%RESP(content-type)%`, `remove`). `first` counts the calls of the case, so a case needs a program of its own.
 */
export function workloadProgram(name: string, namespace: string, behaviour: Behaviour): Program {
  let calls = 0
  const program: Program = (request, context) => {
    const spent = behaviour.first !== undefined && calls >= behaviour.first
    calls++
    const now = spent && !behaviour.refuse ? { ...(behaviour.headers && { headers: behaviour.headers }) } : behaviour
    return act(now, { name, namespace }, request, context)
  }
  return Object.assign(program, { listens: behaviour.refuse !== true })
}

function act(
  behaviour: Behaviour,
  self: { name: string; namespace: string },
  request: HttpRequest,
  context: ServiceContext,
): HttpResponse | Promise<HttpResponse> {
  if (behaviour.refuse) throw new CallError('refused')
  if (behaviour.delay === undefined) return finish(behaviour, self, request)
  return context.sleep(durationMs(behaviour.delay)).then(() => finish(behaviour, self, request))
}

function finish(behaviour: Behaviour, self: { name: string; namespace: string }, request: HttpRequest): HttpResponse {
  if (behaviour.reset) throw new CallError('reset')
  const status = behaviour.status ?? 200
  if (isGrpc(request)) return overGrpc(behaviour, self, status)
  const headers = Headers.of(behaviour.headers ?? {})
  headers.append(workloadHeader, `${self.name}.${self.namespace}`)
  if (!headers.has('content-type')) headers.append('content-type', ownContentType)
  const body = behaviour.body ?? `{"workload": "${self.name}", "namespace": "${self.namespace}"}\n`
  const empty = status === 204 || status === 304 || status < 200
  if (!empty) headers.append('content-length', String(Buffer.byteLength(body)))
  return { status, headers, body: empty || request.method === 'HEAD' ? '' : body }
}

/** The observed echo speaks gRPC over HTTP/2 alone. */
function isGrpc({ protocol, headers }: HttpRequest): boolean {
  return protocol === 'h2' && headers.get('content-type')?.startsWith('application/grpc') === true
}

/** A call of one empty message, whose status comes in trailers; a behaviour that names the status ends it with the headers. */
function overGrpc(behaviour: Behaviour, self: { name: string; namespace: string }, status: number): HttpResponse {
  const headers = Headers.of(behaviour.headers ?? {})
  headers.append(workloadHeader, `${self.name}.${self.namespace}`)
  headers.set('content-type', 'application/grpc')
  const grpcStatus = behaviour['grpc-status']
  if (grpcStatus === undefined) return { status, headers, body: '\0\0\0\0\0', trailers: new Headers(['grpc-status', '0']) }
  headers.append('grpc-status', String(grpcStatus))
  return { status, headers, body: '' }
}
