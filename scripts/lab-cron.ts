/** The CronJob of `deploy/`, run once before its time, and a Pushgateway that takes its metrics. */
import { parseAllDocuments, stringify } from 'yaml'
import type { Lab } from './the-lab.ts'

/** Answers as a Pushgateway does, and tells each group that it gets in a line of its log. */
const server = `
require('node:http').createServer((request, response) => {
  let body = ''
  request.on('data', (bytes) => (body += bytes))
  request.on('end', () => {
    const { method, url, headers } = request
    const isPush = method === 'PUT' && url.startsWith('/metrics/job/')
    if (isPush) console.log(JSON.stringify({ url, type: headers['content-type'], body }))
    response.writeHead(isPush ? 200 : 404).end()
  })
}).listen(9091)
`

/** @param image that runs its own command */
function pushgateway(image: string): string {
  const labels = { app: 'pushgateway' }
  const metadata = { name: 'pushgateway', namespace: 'monitoring' }
  const containers = [{ name: 'pushgateway', image, command: ['node', '-e', server], ports: [{ containerPort: 9091 }] }]
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'monitoring' } },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports: [{ port: 9091 }] } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
    },
  ]
    .map((object) => stringify(object))
    .join('---\n')
}

interface Pushed {
  readonly url: string
  readonly type: string
  readonly body: string
}

/**
 * @param manifests as the lab can run them
 * @param scenarios of which names of those that are run hold a part
 * @returns what is wrong
 */
export function tryCronJob(lab: Lab, manifests: string, image: string, scenarios: readonly string[]): readonly string[] {
  const gateway = pushgateway(image)
  lab.kubectlWith(gateway, 'apply', '-f', '-')
  lab.kubectl('-n', 'monitoring', 'wait', '--for=condition=Available', '--timeout=60s', 'deployment/pushgateway')
  lab.kubectlWith(manifests, 'apply', '-f', '-')
  lab.kubectl('-n', 'meshspec', 'create', 'job', 'meshspec-now', '--from=cronjob/meshspec')
  lab.kubectl('-n', 'meshspec', 'wait', '--for=condition=Complete', '--timeout=400s', 'job/meshspec-now')
  const log = lab.kubectl('-n', 'monitoring', 'logs', 'deployment/pushgateway')
  lab.kubectlWith(manifests, 'delete', '-f', '-', '--wait')
  lab.kubectlWith(gateway, 'delete', '-f', '-', '--wait')
  const pushes = log.split('\n').filter((line) => line.startsWith('{'))
  return pushes.length === 1 ? problemsOf(JSON.parse(pushes[0]!) as Pushed, scenarios) : [`the Pushgateway got ${pushes.length} groups, not one`]
}

/** A line of Prometheus' text format. */
const sample = /^[a-z_]+(?:\{[a-z_]+="(?:[^"\\]|\\.)*"(?:,[a-z_]+="(?:[^"\\]|\\.)*")*\})? -?\d[-+.\de]*$/

function problemsOf({ url, type, body }: Pushed, scenarios: readonly string[]): readonly string[] {
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const verdicts = lines.filter((line) => /^meshspec_conformance_test\{.* 1$/.test(line))
  const missing = scenarios.filter((name) => !verdicts.some((line) => line.includes(name)))
  return [
    ...(url === '/metrics/job/meshspec' ? [] : [`the group is ${url}`]),
    ...(type === 'text/plain; version=0.0.4' ? [] : [`its type is ${type}`]),
    ...(body.endsWith('\n') ? [] : ['its last line does not end']),
    ...lines.filter((line) => !sample.test(line)).map((line) => `no sample: ${line}`),
    ...verdicts.filter((line) => !line.includes('verdict="passed"')).map((line) => `not passed: ${line}`),
    ...missing.map((name) => `no verdict of ${name}: ${verdicts.join('\n')}`),
  ]
}

/** What a template of a manifest runs, changed. */
export function withContainer<Container>(text: string, change: (container: Container) => void): string {
  const objects = parseAllDocuments(text).map((document) => document.toJS() as Templated<Container>)
  for (const { kind, spec } of objects) {
    const job = kind === 'CronJob' ? spec?.jobTemplate?.spec : kind === 'Job' ? spec : undefined
    const container = job?.template?.spec.containers[0]
    if (container !== undefined) change(container)
  }
  return objects.map((object) => stringify(object)).join('---\n')
}

interface Templated<Container> {
  readonly kind: string
  readonly spec?: JobSpec<Container> & { readonly jobTemplate?: { readonly spec: JobSpec<Container> } }
}

interface JobSpec<Container> {
  readonly template?: { readonly spec: { readonly containers: readonly Container[] } }
}
