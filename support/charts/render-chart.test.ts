import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { renderChart } from './render-chart.ts'

const chart = mkdtempSync(join(tmpdir(), 'meshspec-chart-'))
mkdirSync(join(chart, 'templates'))
writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: shop\nversion: 0.1.0\n')
writeFileSync(join(chart, 'values.yaml'), 'weight: 1\n')
writeFileSync(join(chart, 'templates', 'a.yaml'), 'name: {{ .Release.Name }}.{{ .Release.Namespace }}\nweight: {{ .Values.weight }}\n')
writeFileSync(join(chart, 'templates', 'hook.yaml'), 'metadata: {annotations: {helm.sh/hook: pre-install}}\n')

const input = { release: 'shop', chart, namespace: 'prod', values: 'weight: 2' }
const hasHelm = spawnSync(process.env['HELM_PATH'] || 'helm', ['version'], { stdio: 'ignore' }).status === 0

afterEach(() => vi.unstubAllEnvs())
afterAll(() => rmSync(chart, { recursive: true }))

test('without helm a chart is not supported', async () => {
  vi.stubEnv('HELM_PATH', join(chart, 'nowhere'))
  await expect(renderChart(input)).rejects.toMatchObject({ name: 'NotSupported', message: expect.stringContaining('HELM_PATH') as unknown })
})

test('what helm says of a chart that it cannot render is told', async () => {
  // A program that knows no such command.
  vi.stubEnv('HELM_PATH', process.execPath)
  await expect(renderChart(input)).rejects.toMatchObject({
    name: 'StatementFailed',
    message: expect.stringContaining('Cannot find module') as unknown,
  })
})

test.skipIf(!hasHelm)('values, release and namespace make the manifests, without hooks (skipped where helm is not there)', async () => {
  const manifests = await renderChart(input)
  expect(manifests).toContain('name: shop.prod\nweight: 2')
  expect(manifests).not.toContain('helm.sh/hook')
})
