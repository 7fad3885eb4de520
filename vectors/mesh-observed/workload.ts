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
  const headers = Headers.of(behaviour.headers ?? {})
  headers.append(workloadHeader, `${self.name}.${self.namespace}`)
  if (!headers.has('content-type')) headers.append('content-type', ownContentType)
  const body = behaviour.body ?? `{"workload": "${self.name}", "namespace": "${self.namespace}"}\n`
  const empty = status === 204 || status === 304 || status < 200
  if (!empty) headers.append('content-length', String(Buffer.byteLength(body)))
  return { status, headers, body: empty || request.method === 'HEAD' ? '' : body }
}
