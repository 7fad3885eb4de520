import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../support/package.ts'
import { callingFolder } from './meshspec.fixture.ts'

const { folder, meshspec } = callingFolder()

test('explain prints the rules tried', () => {
  const { status, stdout } = meshspec(
    [
      'explain',
      'samples/bookinfo/networking/destination-rule-all.yaml',
      'samples/bookinfo/networking/virtual-service-reviews-test-v2.yaml',
      '--from',
      'productpage',
      'GET http://reviews:9080/reviews/0',
      '-H',
      'end-user=jason',
    ],
    packageRoot,
  )
  expect(stdout).toMatch(/✓ http\[0\]\S* +samples\/bookinfo\/networking\/virtual-service-reviews-test-v2\.yaml:\d+:\d+ .*subset v2/)
  expect(stdout).toContain('reached reviews:v2')
  expect(status).toBe(0)
})

test('explain says why nobody answers, and of what is defined twice looks at the last', () => {
  const rule =
    'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: x}\nspec: {hosts: [b], http: [{route: [{destination: {host: b}}]}]}\n'
  writeFileSync(join(folder, 'twice.yaml'), `${rule}---\n${rule}`)
  const outside = meshspec(['explain', 'twice.yaml', '--from', 'client', 'GET /']).stdout
  expect(outside).toContain('no answer: refused')
  expect(outside).toContain('what may be why:\n  no gateway listens at port 80: there is neither a Gateway nor an Ingress')
  const inside = meshspec(['explain', 'twice.yaml', '--from', 'a', 'GET http://b/']).stdout
  expect(inside).toContain('VirtualService default/x is defined 2 times; the last one counts')
  expect(inside).toContain('reached b')
  expect(inside).not.toContain('DEAD_RULE')
  expect(inside).not.toContain('what may be why')
})

test('explain says why a proxy has no rule for a request', () => {
  const rule = (name: string, spec: string): string =>
    `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: ${name}}\nspec: {hosts: [b], http: [{match: [{uri: {prefix: /${name}}}], ${spec}}]}\n`
  const route = 'route: [{destination: {host: b}}]'
  const gateway =
    'apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: g}\nspec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}\n'
  writeFileSync(join(folder, 'rivals.yaml'), [rule('one', route), rule('two', route), gateway].join('---\n'))
  const explained = (sender: string, path: string): string => meshspec(['explain', 'rivals.yaml', '--from', sender, `GET http://b/${path}`]).stdout
  expect(explained('a', 'two')).toMatch(/what may be why:\n  rivals\.yaml:3:12 IST0109 VirtualService default\/one .*have rules for b\.default/)
  expect(explained('a', 'one')).not.toContain('what may be why')
  expect(explained('client', 'one')).toContain('VirtualService default/one names no gateways, and acts in the mesh alone')
})

test('explain says what it has taken for a port, and which port nobody listens on', () => {
  const route = '{destination: {host: b, port: {number: 8080}}}'
  const rule = `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: x}\nspec: {hosts: [c], http: [{route: [${route}]}]}\n`
  writeFileSync(join(folder, 'ported.yaml'), rule)
  const explained = (url: string): string => meshspec(['explain', 'ported.yaml', '--from', 'a', `GET ${url}`]).stdout
  expect(explained('http://c:9999/')).toContain('no resource tells the ports of c: port 9999 of the request is taken for one of theirs')
  expect(explained('http://b:9999/')).toContain('what may be why:\n  b.default has no port 9999; it has 8080')
})
