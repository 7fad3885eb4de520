import { existsSync, readFileSync } from 'node:fs'
import { request } from 'node:https'
import type { RequestOptions } from 'node:https'
import { join } from 'node:path'
import type { MeshSpecError } from '../../mesh-core/config/errors.ts'
import { configMapKey } from '../../reports/conformance/read.ts'
import type { ConformanceReport } from '../../reports/conformance/report.ts'
import { settingError } from '../options/setting-error.ts'

/** Where Kubernetes tells a pod who it is. Source: Kubernetes, "Accessing the API from a Pod". */
export const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount'
/** By which the ConfigMaps of one run are found. */
const reportLabel = 'meshspec.dev/report'
/** Of all that a ConfigMap holds. Source: Kubernetes' validation, MaxSecretSize. */
const mostBytes = 1024 * 1024 - 4096

export interface InCluster {
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Keeps a report in a ConfigMap of the pod's namespace, by the pod's service account. A name that ends in a number, as shards have, is found without it:
 * `kubectl get configmap -l meshspec.dev/report=NAME -o json | meshspec report merge -`
 * @throws MeshSpecError REPORT_NOT_PUBLISHED
 */
export async function publishReport(report: ConformanceReport, name: string, { folder, env }: InCluster): Promise<void> {
  const [host, port] = [env['KUBERNETES_SERVICE_HOST'], env['KUBERNETES_SERVICE_PORT']]
  if (!host || !port || !existsSync(join(folder, 'token'))) throw notPublished(name, 'this is no pod of a cluster', 'leave --publish away')
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8').trim()
  const text = JSON.stringify(report)
  if (Buffer.byteLength(text) > mostBytes) throw notPublished(name, 'the report is too large for a ConfigMap', 'divide the suite: --shard 0/4')
  const metadata = { name, labels: { [reportLabel]: name.replace(/-\d+$/, ''), 'app.kubernetes.io/managed-by': 'meshspec' } }
  const { status, body } = await send(
    {
      ...{ host, port, method: 'PATCH', ca: readFileSync(join(folder, 'ca.crt')) },
      path: `/api/v1/namespaces/${read('namespace')}/configmaps/${name}?fieldManager=meshspec&force=true`,
      headers: { authorization: `Bearer ${read('token')}`, 'content-type': 'application/apply-patch+yaml' },
    },
    JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [configMapKey]: text } }),
  ).catch((error: NodeJS.ErrnoException) => {
    throw notPublished(name, error.code ?? error.message, 'is the API server reachable from the pod?')
  })
  if (status >= 300)
    throw notPublished(name, `the API server answered ${status}: ${messageOf(body)}`, 'may the service account create and patch ConfigMaps here?')
}

function send(options: RequestOptions, body: string): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ ...options, timeout: 30_000 }, (response) => {
      let text = ''
      response.on('data', (data: Buffer) => (text += data.toString()))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.on('timeout', () => sent.destroy(new Error('no answer after 30 s')))
    sent.end(body)
  })
}

/** Of a Status of Kubernetes. */
function messageOf(body: string): string {
  try {
    return (JSON.parse(body) as { readonly message?: string }).message ?? ''
  } catch {
    return body.slice(0, 200)
  }
}

function notPublished(name: string, why: string, hint: string): MeshSpecError {
  return settingError(`the report did not get into the ConfigMap ${name}: ${why}`, hint, 'REPORT_NOT_PUBLISHED')
}
