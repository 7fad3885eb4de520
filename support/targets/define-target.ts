import type { TargetExport } from './load.ts'

/** Types the default export of a target's module: `export default defineTarget((settings) => ({ name: 'mine', … }))`. */
export function defineTarget<T extends TargetExport>(target: T): T {
  return target
}
