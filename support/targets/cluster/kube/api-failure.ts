import type { MeshSpecError } from '../../../../mesh-core/config/errors.ts'
import { clusterError } from './cluster-error.ts'

/** What the API server answered to a request that it did not carry out. Source: Kubernetes `metav1.Status`. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure'
  /** HTTP status. */
  readonly status: number
  /** `NotFound`, `Conflict`, `Invalid` …; `''` where the answer is no Status. */
  readonly reason: string

  constructor(status: number, reason: string, message: string) {
    super(message)
    this.status = status
    this.reason = reason
  }

  static of(status: number, body: string): ApiFailure {
    const said = statusIn(body)
    return new ApiFailure(status, said?.reason ?? '', said?.message ?? `HTTP ${status}`)
  }

  /** The config itself was refused: by its schema, by a rule of its CRD, or by an admission webhook. */
  get refusesConfig(): boolean {
    if (this.status === 422) return true
    // Of a server-side apply; the API server answers 500 to what it cannot bring into the schema.
    if (/failed to create typed patch object/.test(this.message)) return true
    if (this.status === 400)
      return /admission webhook|strict decoding|unknown field|cannot unmarshal|unable to decode|ValidationError|failed to create typed/.test(
        this.message,
      )
    // A webhook may answer 403 itself; RBAC's own 403 names no webhook.
    return this.status === 403 && /admission webhook "[^"]*" denied|denied by ValidatingAdmissionPolicy|ValidatingAdmissionPolicy/.test(this.message)
  }

  /** In the words of the webhook or the schema, without what the API server puts before it. */
  get refusal(): string {
    return (
      /admission webhook "[^"]*" denied the request: (.*)/s.exec(this.message)?.[1] ?? /is invalid: (.*)/s.exec(this.message)?.[1] ?? this.message
    )
  }

  /** It is no right that is missing. Source: Kubernetes, admission plugin NamespaceLifecycle. */
  get isOfEndingNamespace(): boolean {
    return this.status === 403 && /because it is being terminated$/.test(this.message)
  }

  /** @param doing what was tried: `read pods in namespace shop` */
  toError(doing: string): MeshSpecError {
    if (this.status === 401)
      return clusterError(
        'CLUSTER_DENIED',
        `the API server does not take the credentials of the kubeconfig (401), to ${doing}`,
        'log in again, or name another --context',
      )
    if (this.isOfEndingNamespace)
      return clusterError(
        'CLUSTER_FAILED',
        `the API server could not ${doing}: the namespace is being deleted`,
        'wait until it is gone, or name another one; its status says what it waits for',
      )
    if (this.status === 403)
      return clusterError('CLUSTER_DENIED', `not permitted to ${doing}: ${this.message}`, 'docs/targets.md lists the permissions that a run needs')
    return clusterError('CLUSTER_FAILED', `the API server could not ${doing}: ${this.status} ${this.message}`, null)
  }
}

function statusIn(body: string): { readonly reason?: string; readonly message?: string } | null {
  try {
    const read = JSON.parse(body) as { readonly kind?: string; readonly reason?: string; readonly message?: string }
    return read.kind === 'Status' ? read : null
  } catch {
    return null
  }
}
