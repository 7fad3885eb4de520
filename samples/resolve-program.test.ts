import { expect, test } from 'vitest'
import { answerJson } from './answer.ts'
import { programFor } from './resolve-program.ts'
import { getRequest, ScriptedContext } from './scripted-context.ts'

const script = () => answerJson(200, '{"ratings":{"Reviewer1":5,"Reviewer2":4}}')

/** What the program says to a request that tells it apart. */
async function answerOf(image: string, path: string, version = '', env = {}): Promise<string> {
  const program = programFor({ image, version, env, ref: { name: 'workload' } })
  return (await program(getRequest(path), new ScriptedContext(script, { draws: [0] }))).body
}

test.each([
  ['registry.istio.io/release/examples-bookinfo-reviews-v1:1.20.3', '/reviews/0', /^(?!.*rating")/],
  ['docker.io/istio/examples-bookinfo-reviews-v2:1.16.2', '/reviews/0', /"color": "black"/],
  ['localhost:5000/bookinfo-reviews-v3@sha256:abc', '/reviews/0', /"color": "red"/],
  ['examples-bookinfo-productpage-v1', '/health', /Product page is healthy/],
  ['examples-bookinfo-details-v1:1', '/health', /Details is healthy/],
  ['examples-bookinfo-ratings-v1:1', '/ratings/0', /"Reviewer1":5/],
  ['examples-bookinfo-ratings-v-faulty:1', '/ratings/0', /Service unavailable/],
  ['examples-bookinfo-mongodb:1', '/', /rating/],
  ['examples-bookinfo-other-v1:1', '/', /"workload":"workload"/],
  ['gcr.io/istio-testing/ext-authz:latest', '/', /denied by ext_authz for not found header `x-ext-authz: allow` in the request/],
  ['docker.io/mccutchen/go-httpbin:v2.15.0', '/status/418', /^I'm a teapot!$/],
  ['docker.io/kong/httpbin', '/ip', /"origin"/],
  ['nginx', '/', /"workload":"workload"/],
  ['', '/', /"workload":"workload"/],
])('%s', async (image, path, expected) => {
  expect(await answerOf(image, path)).toMatch(expected)
})

test('an image without a version goes by the label, and env has the last word', async () => {
  expect(await answerOf('bookinfo-reviews:latest', '/reviews/0', 'v3')).toContain('red')
  expect(await answerOf('bookinfo-reviews-v3:1', '/reviews/0', 'v3', { STAR_COLOR: 'blue' })).toContain('blue')
  expect(await answerOf('bookinfo-ratings-v1:1', '/ratings/0', 'v1', { SERVICE_VERSION: 'v-faulty' })).toContain('Service unavailable')
})
