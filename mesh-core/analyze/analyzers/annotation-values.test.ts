import { describe, expect, test } from 'vitest'
import { annotationProblem } from './annotation-values.ts'

/** Each was compared with what `istioctl analyze` says of a pod. */
const values: Readonly<Record<string, { readonly right: readonly string[]; readonly wrong: readonly string[] }>> = {
  'sidecar.istio.io/proxyCPU': {
    right: ['100m', '1', '1.5', '-1', '1e3', '1Ki', '1k', '0.0001', '+1', '.5', '1.', '1E', '1Pi'],
    wrong: ['1K', '', ' 1', '1EE', '1e', '1mi', '10MB', 'x'],
  },
  'proxy.istio.io/config': {
    right: ['', '{}', 'x: y', 'concurrency: 2', 'image: {imageType: debug}', 'null', '# only', 'concurrency: 1\nconcurrency: 2'],
    wrong: [
      'x',
      '[]',
      '{',
      'concurrency: two',
      'drainDuration: 0s',
      'drainDuration: 500ms',
      'discoveryAddress: "a b"',
      'statusPort: 99999',
      'proxyMetadata: {A: 1}',
      'terminationDrainDuration: 5',
    ],
  },
  'traffic.sidecar.istio.io/includeOutboundIPRanges': { right: ['*', '', '10.0.0.0/8,10.1.0.0/16'], wrong: ['x', '10.0.0.1', '10.0.0.0/33'] },
  'traffic.sidecar.istio.io/excludeInboundPorts': { right: ['', '80,81'], wrong: ['*', 'x', '80,', '99999'] },
  'example.com/anything': { right: ['x'], wrong: [] },
}

for (const [name, { right, wrong }] of Object.entries(values))
  describe(name, () => {
    for (const value of right) test(`${JSON.stringify(value)} is right`, () => expect(annotationProblem(name, value)).toBeNull())
    for (const value of wrong) test(`${JSON.stringify(value)} is wrong`, () => expect(annotationProblem(name, value)).not.toBeNull())
  })
