import { existsSync } from 'node:fs'
import type { Benchmark, Figure } from './benchmark.ts'
import { type LargeConfig, largeMesh, writeLargeConfig } from './large-config.ts'
import { sideBySide } from './process.ts'
import { entryOf } from './worker.ts'

const istioctl = '../shared/bin/istioctl'

/** Load, validate and compile a large mesh, as a process of its own, beside Istio's own tool on the same files. */
export const loadConfig: Benchmark = {
  name: 'load-config',
  about: `10,000 VirtualServices (100,000 routes) in ${largeMesh.files} files: load, validate, compile; beside istioctl validate`,
  async run(): Promise<readonly Figure[]> {
    const config = writeLargeConfig()
    try {
      return await measure(config)
    } finally {
      config.remove()
    }
  },
}

async function measure({ folder, bytes }: LargeConfig): Promise<Figure[]> {
  const ours = [process.execPath, entryOf('load-config-worker'), folder] as const
  const peer = [istioctl, 'validate', '-f', folder] as const
  const there = existsSync(istioctl)
  const { seconds, peakMiB } = await sideBySide(there ? [ours, peer] : [ours], 3)
  const figures: Figure[] = [
    { what: 'the YAML', value: bytes / 1e6, unit: 'MB' },
    { what: 'meshspec', value: seconds[0]!, unit: 's', goal: { atMost: 8 } },
    { what: 'meshspec, peak', value: peakMiB[0]!, unit: 'MiB', goal: { atMost: 500 } },
  ]
  if (!there) return figures
  return [
    ...figures,
    { what: 'istioctl validate', value: seconds[1]!, unit: 's' },
    { what: 'istioctl validate, peak', value: peakMiB[1]!, unit: 'MiB' },
    { what: 'meshspec ÷ istioctl', value: seconds[0]! / seconds[1]!, unit: '×', goal: { atMost: 1 } },
  ]
}
