import { expect, test } from 'vitest'
import { ConfigRejected } from '../../mesh-core/config/errors.ts'
import { ConfigDesk } from '../config/config-desk.ts'

const desk = new ConfigDesk({ feature: '/features', config: null, cwd: '/' }, 'a.feature')
/** What comes of a doc string whose delimiter stands at 10:7. */
const given = (text: string) => desk.meshConfig(text, { lineOffset: 10, columnOffset: 6 })

test.each([
  ['outboundTrafficPolicy: {mode: REGISTRY_ONLY}'],
  ['outboundTrafficPolicy:\n  mode: REGISTRY_ONLY'],
  ['# a comment\n{outboundTrafficPolicy: {mode: REGISTRY_ONLY}}'],
])('fields in any form of YAML: %s', (text) => {
  expect(given(text).map(({ kind, object }) => [kind, object.outboundTrafficPolicy])).toEqual([['MeshConfig', { mode: 'REGISTRY_ONLY' }]])
})

test.each([
  ['outboundTraficPolicy: {mode: REGISTRY_ONLY}', 'a.feature:11:7 UNKNOWN_FIELD', 'did you mean "outboundTrafficPolicy"?'],
  ['{accessLogFile: /dev/stdout,\n outboundTrafficPolicy: {mod: ALLOW_ANY}}', 'a.feature:12:32 UNKNOWN_FIELD', 'did you mean "mode"?'],
])('a field that MeshConfig has not: %s', (text, place, hint) => {
  expect(() => given(text)).toThrow(ConfigRejected)
  expect(() => given(text)).toThrow(place)
  expect(() => given(text)).toThrow(hint)
})

test.each([
  ['- a', 'a mesh config is no list'],
  ['apiVersion: v1\nkind: ConfigMap', '"apiVersion" is no field of MeshConfig'],
  ['meshConfig:\n  accessLogFile: /dev/stdout', '"meshConfig" is no field of MeshConfig'],
])('what is no mapping of the fields alone: %s', (text, problem) => expect(() => given(text)).toThrow(problem))
