import { existsSync } from 'node:fs'
import type { Benchmark, Figure } from './benchmark.ts'
import { largeMesh, writeLargeConfig } from './large-config.ts'
import { sideBySide } from './process.ts'

const istioctl = '../shared/bin/istioctl'
const meshspec = 'dist/cli/main.js'
const runs = 3

/** `meshspec validate`, which validates and analyses, beside the two commands of istioctl that do the one and the other. */
export const validateConfig: Benchmark = {
  name: 'validate-config',
  about: `meshspec validate of 10,000 VirtualServices in ${largeMesh.files} files, and of 1,000; beside istioctl validate and istioctl analyze`,
  async run(): Promise<readonly Figure[]> {
    const config = writeLargeConfig()
    const small = writeLargeConfig(100)
    try {
      return [...(await large(config.folder)), ...(await little(small.folder))]
    } finally {
      config.remove()
      small.remove()
    }
  },
}

async function large(folder: string): Promise<Figure[]> {
  const ours = [process.execPath, meshspec, 'validate', folder] as const
  const peers = [[istioctl, 'validate', '-f', folder] as const, [istioctl, 'analyze', '--use-kube=false', folder] as const]
  const there = existsSync(istioctl)
  const { seconds, peakMiB } = await sideBySide(there ? [ours, ...peers] : [ours], runs)
  const figures: Figure[] = [
    { what: 'meshspec validate', value: seconds[0]!, unit: 's', goal: { atMost: 8 } },
    { what: 'meshspec validate, peak', value: peakMiB[0]!, unit: 'MiB' },
  ]
  if (!there) return figures
  return [
    ...figures,
    { what: 'istioctl validate', value: seconds[1]!, unit: 's' },
    { what: 'istioctl analyze', value: seconds[2]!, unit: 's' },
    { what: 'meshspec ÷ istioctl validate', value: seconds[0]! / seconds[1]!, unit: '×', goal: { atMost: 1 } },
    { what: 'meshspec ÷ istioctl analyze', value: seconds[0]! / seconds[2]!, unit: '×', goal: { atMost: 1 } },
  ]
}

async function little(folder: string): Promise<Figure[]> {
  const { seconds } = await sideBySide([[process.execPath, meshspec, 'validate', folder]], runs)
  return [{ what: 'meshspec validate of 1,000 resources', value: seconds[0]!, unit: 's', goal: { atMost: 1.2 } }]
}
