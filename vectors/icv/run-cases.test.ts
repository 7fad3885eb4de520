import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readIcvSuite } from '../../cli/import/icv/read-suite.ts'
import { readVirtualServices, type WrittenVirtualService } from '../../cli/import/icv/written.ts'
import { runCases } from './run-cases.ts'

const config = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: a, namespace: n1}
spec:
  hosts: [a.com, "*.w.com"]
  http:
  - match: [{uri: {prefix: /q}, queryParams: {x: {exact: "1"}}, port: 81, gateways: [g], scheme: {exact: https}}]
    route: [{destination: {host: q}}]
  - match: [{uri: {regex: "/r|/rr"}}]
    route: [{destination: {host: r}}]
  - match: [{uri: {prefix: /h}, headers: {X-Up: {exact: "1"}}}]
    route: [{destination: {host: h}}]
  - match: [{uri: {prefix: /d}}]
    delegate: {name: d, namespace: n2}
  - match: [{uri: {prefix: /m}}]
    delegate: {name: missing}
  - match: [{uri: {prefix: /two}}]
    route: [{destination: {host: x}, weight: 100}]
    rewrite: {uri: /x}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: d, namespace: n2}
spec:
  http:
  - match: [{uri: {prefix: /d}}]
    route: [{destination: {host: dd}}]
`

const folder = mkdtempSync(join(tmpdir(), 'meshspec-icv-'))
afterAll(() => rmSync(folder, { recursive: true }))
let all: readonly WrittenVirtualService[] = []
beforeAll(() => {
  writeFileSync(join(folder, 'config.yml'), config)
  all = readVirtualServices([join(folder, 'config.yml')])
})

const to = (host: string) => `route: [{destination: {host: ${host}}}]`

/** Each was asked of istio-config-validator, too; where that says otherwise the mesh is right. */
test.each([
  ['/q', '', true, to('q'), true], // only uri, authority, method and headers of a match count
  ['/rr', '', true, to('r'), true],
  ['/rx', '', true, to('r'), false], // (anchors the alternatives of a regex one by one: true)
  ['/h', 'x-up: "1"', true, to('h'), true], // (minds the case of header names: false)
  ['/d', '', true, to('dd'), true],
  ['/d', '', true, 'delegate: {name: d}', false], // compared as written
  ['/d', '', true, 'delegate: {name: d, namespace: n2}', true],
  ['/m', '', true, to('dd'), false],
  ['/m', '', true, 'delegate: {name: missing}', true],
  ['/none', '', false, to('dd'), true],
  ['/none', '', true, to('dd'), false],
  ['/two', '', true, to('x'), false], // a weight is part of a destination
  ['/two', '', false, `{${to('y')}, rewrite: {uri: /y}}`, true],
  ['/two', '', false, `{${to('y')}, rewrite: {uri: /x}}`, false], // every section is to be otherwise
])('%s with {%s}, wanted %s of %s: %s', (uri, headers, wantMatch, sections, passes) => {
  const inner = sections.startsWith('{') ? sections.slice(1, -1) : sections
  const suite = `testCases: [{description: t, wantMatch: ${wantMatch}, request: {authority: [a.com], method: [GET], uri: ["${uri}"], headers: {${headers}}}, ${inner}}]`
  expect(runCases(readIcvSuite(suite, 'suite.yml'), all).length === 0).toBe(passes)
})

test.each([
  ['testCases: [{description: t, unknown: 1}]', /suite\.yml:1:\d+ UNKNOWN_FIELD unknown field unknown/],
  ['testCases: [{description: t, request: {authority: [a], uri: [/]}}]', /SCHEMA_REQUIRED request\.method/],
  ['testCases: 3', /SCHEMA_TYPE/],
])('%s is refused', (text, message) => {
  expect(() => readIcvSuite(text, 'suite.yml')).toThrow(message)
})
