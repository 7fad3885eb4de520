import type { MeshSpecError } from '../../../../mesh-core/config/errors.ts'
import { clusterError } from '../kube/cluster-error.ts'

/** What came of a question to Prometheus, Jaeger or Tempo that was not answered. */
export class SourceFailure extends Error {
  override readonly name = 'SourceFailure'
  /** Who was asked, without credentials: `Prometheus at http://prometheus:9090`. */
  readonly source: string
  /** HTTP status; `null` when there was no answer. */
  readonly status: number | null

  constructor(source: string, status: number | null, problem: string) {
    super(problem)
    this.source = source
    this.status = status
  }

  toError(): MeshSpecError {
    return clusterError('TELEMETRY_FAILED', `${this.source} ${this.message}`, hintFor(this.status))
  }
}

/** @param said of the body, in the words of the source; `''` for none */
export function failureOf(source: string, status: number, path: string, said: string): SourceFailure {
  const words = said === '' ? '' : `: ${said}`
  switch (status) {
    case 401:
      return new SourceFailure(source, status, `does not take the credentials (401)${words}`)
    case 403:
      return new SourceFailure(source, status, `does not permit the question (403)${words}`)
    case 404:
      return new SourceFailure(source, status, `has no ${path} (404)${words}`)
    case 400:
    case 422:
      return new SourceFailure(source, status, `cannot answer the question (${status})${words}`)
    case 429:
      return new SourceFailure(source, status, `has too much to do (429)${words}`)
    default:
      return new SourceFailure(source, status, `answered ${status}${words}`)
  }
}

function hintFor(status: number | null): string | null {
  switch (status) {
    case 401:
    case 403:
      return 'write credentials into the URL (http://USER:PASSWORD@HOST), or a bearer token into the environment variable MESHSPEC_TELEMETRY_TOKEN'
    case 404:
      return 'is the URL the one of its API? /api/v1/query of Prometheus, /api/services of Jaeger and /api/echo of Tempo stand right below it'
    case null:
      return 'is it running, and reachable from here? --prometheus, --jaeger and --tempo name its URL'
    default:
      return null
  }
}
