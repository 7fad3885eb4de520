import type { Hop } from '../../../mesh-core/ir/exchange.ts'
import { Headers } from '../../../mesh-core/ir/message.ts'
import type { HttpResponse } from '../../../mesh-core/ir/message.ts'
import { unknownHop } from './unknown-hop.ts'

/** What echo services have in common: who they are, and the request as it arrived. */
interface EchoBody {
  readonly workload: string
  readonly pod: string
  readonly namespace: string
  readonly version?: string | null
  readonly service?: string
  readonly method: string
  readonly path: string
  readonly authority?: string
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
}

/** @returns null for what no echo service answers */
export function echoHops({ status, headers, body }: HttpResponse): Hop[] | null {
  if (!headers.get('content-type')?.includes('json')) return null
  const echo = parse(body)
  if (echo === null) return null
  const version = echo.version || null
  const received = {
    method: echo.method,
    scheme: 'http' as const,
    authority: echo.authority ?? String(echo.headers['host'] ?? ''),
    path: echo.path,
    headers: Headers.of(echo.headers),
    body: echo.body ?? '',
  }
  const to = { namespace: echo.namespace, name: echo.workload, instance: echo.pod }
  return [{ ...unknownHop, to, version, app: echo.service ?? withoutVersion(echo.workload, version), received, status }]
}

function parse(body: string): EchoBody | null {
  try {
    const data: unknown = JSON.parse(body)
    return isEcho(data) ? data : null
  } catch {
    return null
  }
}

function isEcho(data: unknown): data is EchoBody {
  const { workload, pod, namespace, method, path, headers } = (data ?? {}) as Partial<Record<keyof EchoBody, unknown>>
  return [workload, pod, namespace, method, path].every((text) => typeof text === 'string') && typeof headers === 'object' && headers !== null
}

/** `shop-v2` of version `v2` is of the app `shop`, by the custom of naming Deployments. */
function withoutVersion(workload: string, version: string | null): string {
  return version !== null && workload.endsWith(`-${version}`) ? workload.slice(0, -version.length - 1) : workload
}
