import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** They put other modules in the place of real ones, or interrupt the run, which files that are tested in the same worker afterwards would meet. */
const alone = '**/*.alone.test.ts'
const elsewhere = ['**/node_modules/**', 'dist/**']

export default defineConfig({
  test: {
    pool: 'threads',
    // The default is one worker less than processors, which on two of them leaves one idle: many tests wait for sockets and for Envoy.
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    restoreMocks: true,
    unstubEnvs: true,
    projects: [
      // A fresh module graph for each file costs more than most files take.
      { extends: true, test: { name: 'plain', include: ['**/*.test.ts'], exclude: [...elsewhere, alone], isolate: false } },
      { extends: true, test: { name: 'mocked', include: [alone], exclude: elsewhere } },
    ],
  },
})
