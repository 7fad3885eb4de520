import { expect, test } from 'vitest'
import { assertTelling } from './find-sources.ts'
import type { Prometheus } from './prometheus.ts'
import type { TraceSource } from './span.ts'

test.each([
  ['nobody', { tracers: [], prometheus: null }, true],
  ['Prometheus', { tracers: [], prometheus: {} as Prometheus }, false],
  ['a tracer', { tracers: [{} as TraceSource], prometheus: null }, false],
] as const)('where %s tells of traffic', (_, sources, isRefused) => {
  const asserting = (): void => assertTelling(sources)
  if (isRefused) expect(asserting).toThrow(/^no Prometheus, Jaeger or Tempo is known/)
  else expect(asserting).not.toThrow()
})
