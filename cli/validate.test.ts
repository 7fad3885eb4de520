import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { packageRoot } from '../support/package.ts'
import { callingFolder } from './meshspec.fixture.ts'

const { folder, meshspec } = callingFolder()

describe('validate', () => {
  test('shows the lines of an error', () => {
    const rule =
      'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: x}\nspec:\n  hosts: [b]\n  http:\n  - timeout: fast\n    route: [{destination: {host: b}}]\n'
    writeFileSync(join(folder, 'bad.yaml'), rule)
    const { status, stdout } = meshspec(['validate', 'bad.yaml'])
    expect(status).toBe(1)
    expect(stdout).toContain('bad.yaml:7:5 INVALID_DURATION')
    expect(stdout).toContain('  7 |   - timeout: fast\n    |     ^')
  })
  test('shows control characters, and does not send them to the terminal', () => {
    writeFileSync(join(folder, 'red.yaml'), 'apiVersion: networking.istio.io/v1\nkind: "A\\e[31m"\nmetadata: {name: x}\n')
    const { stdout } = meshspec(['validate', 'red.yaml'])
    expect(stdout).toContain('UNKNOWN_KIND A\\u001b[31m default/x')
    expect(stdout).not.toContain('\u001b')
  })
  test('is not content with nothing', () => {
    writeFileSync(join(folder, 'nothing.yaml'), '# nothing\n')
    const { status, stderr } = meshspec(['validate', 'nothing.yaml'])
    expect([status, stderr]).toEqual([2, expect.stringContaining('NOT_A_RESOURCE there is no Kubernetes object in nothing.yaml')])
  })
  test('refuses what an older Istio does not have, and a version that nobody knows', () => {
    const extension = 'apiVersion: extensions.istio.io/v1alpha1\nkind: TrafficExtension\nmetadata: {name: a}\nspec: {lua: {inlineCode: x = 1}}\n'
    writeFileSync(join(folder, 'extension.yaml'), extension)
    expect(meshspec(['validate', 'extension.yaml']).status).toBe(0)
    const old = meshspec(['validate', 'extension.yaml', '--istio-version', '1.29.4'])
    expect(old.status).toBe(1)
    expect(old.stdout).toContain('extension.yaml:2:1 UNKNOWN_FIELD')
    const unknown = meshspec(['validate', 'extension.yaml', '--istio-version', '1.2'])
    expect(unknown.status).toBe(2)
    expect(unknown.stderr).toContain('INVALID_SETTING')
  })
  test('names what refers to nothing, once every resource is right in itself', () => {
    const rule = (hosts: string): string =>
      `apiVersion: v1\nkind: Service\nmetadata: {name: b}\nspec: {ports: [{port: 80}]}\n---\n` +
      `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: x}\nspec: {hosts: ${hosts}, http: [{route: [{destination: {host: c}}]}]}\n`
    writeFileSync(join(folder, 'refers.yaml'), rule('[b]'))
    writeFileSync(join(folder, 'wrong.yaml'), rule('b'))
    expect(meshspec(['validate', 'refers.yaml']).stdout).toContain('refers.yaml:9:51 IST0101')
    const { status, stdout } = meshspec(['validate', 'wrong.yaml'])
    expect(status).toBe(1)
    expect(stdout).toMatch(/SCHEMA_TYPE[^]*\n1 error\n$/)
  })
  test('shows what comes of a percentage of Istio 1.0, and counts as failed in JUnit what fails', () => {
    const rule = (abort: string): string =>
      `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: x}\nspec: {hosts: [b], http: [{fault: {abort: ${abort}}, route: [{destination: {host: b}}]}]}\n`
    writeFileSync(join(folder, 'percent.yaml'), rule('{httpStatus: 503, percent: 50}'))
    const { status, stdout } = meshspec(['validate', 'percent.yaml'])
    expect(status).toBe(1)
    expect(stdout).toMatch(
      /UNKNOWN_FIELD .*percent[^]*  proof: GET http:\/\/b\/ → 200 after 0 ms, without the fault, where the field is dropped\n  hint: Istio 1.0/,
    )
    writeFileSync(join(folder, 'none.yaml'), rule('{httpStatus: 503}'))
    const junit = meshspec(['validate', 'none.yaml', '--format', 'junit'])
    expect(junit.stdout).toMatch(/tests="1" failures="0"[^]*<system-out>warning: none.yaml:4:36 FAULT_WITHOUT_PERCENTAGE/)
    expect(meshspec(['validate', 'none.yaml', '--format', 'junit', '--fail-on', 'warning']).stdout).toMatch(/failures="1"[^]*<failure type="warning"/)
  })
  test('looks at several clusters together', () => {
    const service = (name: string, port: string): string =>
      `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {ports: [{port: 80, name: ${port}}]}\n`
    const rule =
      'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: x}\nspec: {hosts: [b], http: [{route: [{destination: {host: c}}]}]}\n'
    for (const [file, text] of Object.entries({
      east: `${service('b', 'http')}---\n${rule}`,
      west: `${service('b', 'tcp')}---\n${service('c', 'http')}`,
    }))
      writeFileSync(join(folder, `${file}.yaml`), text)
    expect(meshspec(['validate', 'east.yaml']).stdout).toContain('IST0101')
    const { status, stdout } = meshspec(['validate', '--cluster', 'east=east.yaml', '--cluster', 'west=west.yaml', '--fail-on', 'warning'])
    expect(stdout).toContain('warning: east.yaml:1:1 IST0170')
    expect(stdout).toContain('  see: west.yaml:1:1 Service default/b')
    expect(stdout).not.toContain('IST0101')
    expect(stdout).toContain('4 resources in 2 files: valid')
    expect(status).toBe(1)
    const route =
      'apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: gw}\nspec: {gatewayClassName: istio, listeners: [{name: a, port: 80, protocol: HTTP}]}\n'
    writeFileSync(join(folder, 'gateway.yaml'), route)
    expect(meshspec(['validate', '--cluster', 'east=gateway.yaml', '--cluster', 'west=gateway.yaml']).stdout).toContain('1 resource in 1 file: valid')
    expect(meshspec(['validate', '--cluster', 'east']).stderr).toContain('--cluster east=clusters/east')
    expect(meshspec(['validate']).stderr).toContain('no config is named')
  })
  test('holds for the samples', () => {
    const files = ['platform/kube/bookinfo.yaml', 'networking/destination-rule-reviews.yaml', 'networking/virtual-service-reviews-test-v2.yaml']
    expect(meshspec(['validate', ...files.map((file) => join(packageRoot, 'samples/bookinfo', file))]).status).toBe(0)
  })
})
