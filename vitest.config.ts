import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', 'dist/**'],
    // a fresh module graph for each file costs more than most files take
    pool: 'threads',
    // The default is one worker less than processors, which on two of them leaves one idle: many tests wait for sockets and for Envoy.
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
