import { examine } from '../../mesh-core/advise/advise.ts'
import { Inventory } from '../../mesh-core/analyze/inventory.ts'
import { inNamespace, readText, validateResource } from '../../mesh-core/config/load.ts'
import type { Resource } from '../../mesh-core/config/resource.ts'
import { type Finding, findingOfError, findingOfMessage } from '../findings/finding.ts'

/** What an API server sends and gets back. Source: Kubernetes `admission.k8s.io/v1` AdmissionReview. */
export interface AdmissionReview {
  readonly apiVersion: 'admission.k8s.io/v1'
  readonly kind: 'AdmissionReview'
  readonly request?: AdmissionRequest
  readonly response?: AdmissionResponse
}

export interface AdmissionRequest {
  readonly uid: string
  readonly operation?: string
  readonly namespace?: string
  /** `null` when something is deleted. */
  readonly object?: unknown
}

export interface AdmissionResponse {
  readonly uid: string
  readonly allowed: boolean
  readonly status?: { readonly code: number; readonly reason: string; readonly message: string }
  /** kubectl prints them; 256 characters each are kept. */
  readonly warnings?: readonly string[]
}

const longestWarning = 256

/** Judges one object as `meshspec validate` does: errors refuse it, everything else is a warning. @returns `null` for what is no review */
export async function review(body: string): Promise<AdmissionReview | null> {
  const request = requestOf(body)
  if (!request) return null
  const findings = request.object === null || request.object === undefined ? [] : await findingsOf(request)
  const errors = findings.filter(({ level }) => level === 'error')
  const others = findings.filter(({ level }) => level !== 'error')
  const status = { code: 422, reason: 'Invalid', message: errors.map(sentence).join('\n') }
  return answer({
    uid: request.uid,
    allowed: errors.length === 0,
    ...(errors.length === 0 ? {} : { status }),
    ...(others.length === 0 ? {} : { warnings: others.map((finding) => sentence(finding).slice(0, longestWarning)) }),
  })
}

function requestOf(body: string): AdmissionRequest | null {
  try {
    const { kind, request } = JSON.parse(body) as Partial<AdmissionReview>
    return kind === 'AdmissionReview' && typeof request?.uid === 'string' ? request : null
  } catch {
    return null
  }
}

async function findingsOf({ object, namespace = 'default' }: AdmissionRequest): Promise<readonly Finding[]> {
  const read = readText(JSON.stringify(object), 'request')
  const resources = inNamespace(read.resources, namespace)
  const refused = [...read.errors, ...resources.flatMap((resource) => validateResource(resource).errors)].map(findingOfError)
  return refused.length > 0 ? refused : warningsOf(resources)
}

/** Of one object alone: what it refers to is in the cluster, which is not asked. */
async function warningsOf(resources: readonly Resource[]): Promise<readonly Finding[]> {
  const messages = await examine(new Inventory(resources, { nowMs: Date.now(), whole: false }))
  return messages.map(findingOfMessage).map(asWarning)
}

/** What istiod accepts is not refused here, either. */
function asWarning(finding: Finding): Finding {
  return finding.level === 'error' ? { ...finding, level: 'warning' } : finding
}

/** Places in a file mean nothing to who applies the object. */
function sentence({ code, field, problem, hint }: Finding): string {
  return `${code}${field === '' ? '' : ` ${field}`}: ${problem}${hint === null ? '' : ` (${hint})`}`
}

function answer(response: AdmissionResponse): AdmissionReview {
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response }
}
