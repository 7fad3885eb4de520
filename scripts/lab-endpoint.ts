/** Bookinfo in the lab as a user has deployed it, and the command by which features are run through the gateway alone. */
import { join } from 'node:path'
import { root } from './the-lab.ts'
import type { Lab } from './the-lab.ts'

/** Bookinfo's traffic tasks. */
export const endpointPart: readonly string[] = ['request-routing', 'traffic-shifting', 'fault-injection'].map(
  (task) => `features/traffic-management/${task}.feature`,
)

/** What a scenario of these features finds in place. */
const application = ['platform/kube/bookinfo.yaml', 'networking/bookinfo-gateway.yaml', 'networking/destination-rule-all.yaml']

const waitForPage = `
const isServed = async () => (await fetch(process.argv[1] + '/productpage').catch(() => null))?.status === 200
for (let left = 60; !(await isServed()); left--) {
  if (left === 0) throw new Error('the gateway does not serve /productpage')
  await new Promise((resolve) => setTimeout(resolve, 1000))
}`

/** @returns the gateway's URL, by which Bookinfo is served */
export async function deployBookinfo(lab: Lab): Promise<string> {
  lab.kubectl('label', 'namespace', 'default', 'istio-injection=enabled', '--overwrite')
  lab.kubectl('apply', ...application.flatMap((file) => ['-f', join(root, 'samples', 'bookinfo', file)]))
  lab.kubectl('wait', '--for=condition=Available', 'deployment', '--all', '--timeout=180s')
  const address = lab.kubectl('get', 'service', 'istio-ingressgateway', '-n', 'istio-system', '-o', 'jsonpath={.status.loadBalancer.ingress[0].ip}')
  const url = `http://${address}`
  const { status, output } = await lab.run([process.execPath, '--input-type=module', '-e', waitForPage, url])
  if (status !== 0) throw new Error(output)
  return url
}

export function throughGateway(url: string): readonly string[] {
  return ['--gateway', url, '--apply-command', 'kubectl apply -f {file}', '--settle', '3s']
}

/** @returns features of which no scenario has passed: they would hold for any mesh */
export function silentFeatures(
  features: readonly string[],
  scenarios: readonly { readonly uri: string; readonly verdict: string }[],
): readonly string[] {
  const held = new Set(scenarios.filter(({ verdict }) => verdict === 'passed').map(({ uri }) => uri))
  return features.filter((feature) => !held.has(feature.replace(/:\d+$/, '')))
}
