// Over a thousand modules become some dozens of files: finding and opening each took half of the time of a short run.
import { readdirSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { build } from 'rolldown'

/** What is loaded by its path, or by a name that package.json exports: it keeps its place in dist/. */
const entries = [
  'cli/main',
  'mesh-core/index',
  'reports/html',
  'reports/index',
  'reports/json',
  'reports/junit',
  'reports/messages',
  'reports/silent',
  'reports/terminal',
  'samples/pod',
  'steps/index',
  'support/index',
  'support/targets/core/target',
  // Cucumber tells where a step is defined, and `meshspec steps` what it is about by that.
  ...readdirSync('steps')
    .filter((file) => file.endsWith('.steps.ts'))
    .map((file) => `steps/${file.replace(/\.ts$/, '')}`),
]

await build({
  input: Object.fromEntries(entries.map((entry) => [entry, `${entry}.ts`])),
  platform: 'node',
  // Packages stay outside.
  external: (id) => !id.startsWith('.') && !isAbsolute(id),
  output: { dir: 'dist', format: 'esm', chunkFileNames: 'chunks/[name].js', strictExecutionOrder: true },
})
