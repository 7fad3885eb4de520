import assert from 'node:assert/strict'
import type { Stage } from './stage.ts'

/** What stands below a step. */
export interface StepArgument {
  readonly text: string
  /** Without its head. */
  readonly rows: readonly (readonly string[])[]
}

/** A sentence of the suite, and what it does. */
export interface Sentence {
  readonly form: RegExp
  readonly act: (stage: Stage, parts: readonly string[], argument: StepArgument) => void | Promise<void>
}

const ingressOf = (name: string, spec: string): string =>
  `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: ${name}}\nspec:\n${spec.replaceAll(/^/gm, '  ')}`

/** The vocabulary of the suite. */
export const sentences: readonly Sentence[] = [
  { form: /^a new random namespace$/, act: (): void => undefined },
  { form: /^an Ingress resource(?: in a new random namespace)?$/, act: (stage, _, { text }) => stage.giveIngress(text) },
  { form: /^an Ingress resource named "(.*)" with this spec:$/, act: (stage, [name], { text }) => stage.giveIngress(ingressOf(name!, text)) },
  { form: /^a self-signed TLS secret named "(.*)" for the "(.*)" hostname$/, act: (stage, [name, host]) => stage.giveSecret(name!, host!) },
  {
    form: /^The Ingress status shows the IP address or FQDN where it is exposed$/,
    act: (stage) => assert.notEqual(stage.addresses().length, 0, 'no address'),
  },
  { form: /^The Ingress status should not contain the IP address or FQDN$/, act: (stage) => assert.deepEqual(stage.addresses(), []) },
  {
    form: /^The backend deployment "(.*)" for the ingress resource is scaled to (\d+)$/,
    act: (stage, [name, count]) => stage.scale(name!, Number(count)),
  },
  {
    form: /^I send a "(.*)" request to http:\/\/"(.*)"\/"(.*)"$/,
    act: (stage, [method, host, path]) => stage.send(method!, `http://${host}/${path}`),
  },
  { form: /^I send a "(.*)" request to "(.*)"$/, act: (stage, [method, url]) => stage.send(method!, url!) },
  { form: /^I send (\d+) requests to "(.*)"$/, act: (stage, [count, url]) => stage.send('GET', url!, Number(count)) },
  { form: /^the secure connection must verify the "(.*)" hostname$/, act: (stage) => assert.equal(last(stage).error, null) },
  {
    form: /^the response status-code must be (\d+)$/,
    act: (stage, [status]) => assert.equal(last(stage).response?.status ?? last(stage).error, Number(status)),
  },
  { form: /^the response must be served by the "(.*)" service$/, act: (stage, [service]) => assert.equal(stage.hop?.to?.name, service) },
  { form: /^the response proto must be "HTTP\/1.1"$/, act: (stage) => assert.ok(last(stage).response) },
  {
    form: /^the response headers must contain <key> with matching <value>$/,
    act: (stage, _, { rows }) => hold(rows, (name) => last(stage).response?.headers.get(name)),
  },
  { form: /^the request method must be "(.*)"$/, act: (stage, [method]) => assert.equal(stage.hop?.received?.method, method) },
  { form: /^the request path must be "(.*)"$/, act: (stage, [path]) => assert.equal(stage.hop?.received?.path, `/${path}`) },
  { form: /^the request host must be "(.*)"$/, act: (stage, [host]) => assert.equal(stage.hop?.received?.authority, host) },
  { form: /^the request proto must be "HTTP\/1.1"$/, act: (stage) => assert.ok(stage.hop?.received) },
  {
    form: /^the request headers must contain <key> with matching <value>$/,
    act: (stage, _, { rows }) => hold(rows, (name) => stage.hop?.received?.headers.get(name)),
  },
  {
    form: /^all the responses status-code must be (\d+) and the response body should contain the IP address of (\d+) different Kubernetes pods$/,
    act: allServed,
  },
]

function last(stage: Stage): Stage['exchanges'][number] {
  const exchange = stage.exchanges.at(-1)
  assert.ok(exchange, 'nothing was sent')
  return exchange
}

/** A star stands for any value. */
function hold(rows: readonly (readonly string[])[], value: (name: string) => string | undefined): void {
  for (const [name = '', wanted] of rows) {
    const seen = value(name.toLowerCase())
    if (wanted === '*') assert.ok(seen !== undefined, `${name} is missing`)
    else assert.equal(seen, wanted, name)
  }
}

function allServed(stage: Stage, [status, count]: readonly string[]): void {
  for (const { response } of stage.exchanges) assert.equal(response?.status, Number(status))
  const addresses = stage.exchanges.flatMap(({ hops }) => hops.flatMap((hop) => stage.addressOf(hop) ?? []))
  assert.equal(new Set(addresses).size, Number(count))
}
