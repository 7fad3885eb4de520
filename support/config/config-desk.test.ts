import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ConfigDesk } from './config-desk.ts'

const folder = mkdtempSync(join(tmpdir(), 'meshspec-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

function put(name: string, text: string): void {
  mkdirSync(join(folder, 'mesh/templates'), { recursive: true })
  writeFileSync(join(folder, 'mesh', name), text)
}

test('templates of a chart that lie in a folder of config are told once', () => {
  put('shop.yaml', 'apiVersion: v1\nkind: Service\nmetadata: {name: shop}\nspec: {ports: [{port: 80}]}\n')
  put('values.yaml', 'canary: 10\n')
  put('templates/shop.yaml', 'apiVersion: v1\nkind: Service\nmetadata: {name: {{ .Release.Name }}}\n---\nkind: {{ .Values.kind }}\n')
  const desk = new ConfigDesk({ feature: folder, config: null, cwd: process.cwd() }, 'a.feature')
  expect(desk.file('mesh', 'default').map(({ name }) => name)).toEqual(['shop'])
  desk.file('mesh', 'default')
  expect(desk.notices).toEqual(['mesh/templates/shop.yaml is a Helm template, and was passed over; "the chart … with values:" renders charts'])
})
