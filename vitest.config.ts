import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', 'dist/**'],
    // a fresh module graph for each file costs more than most files take
    pool: 'threads',
    testTimeout: 20_000,
  },
})
