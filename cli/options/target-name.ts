import { existsSync } from 'node:fs'
import { settingError } from './setting-error.ts'

/** The targets that the package brings. */
const builtIn = ['core', 'envoy', 'cluster']

/** @param target one, or several with commas between them */
export function targetsIn(target: string): readonly string[] {
  const targets = target.split(',').map((one) => one.trim())
  if (targets.includes('')) throw settingError(`--target is "${target}"`, 'write targets with a comma between each two: core,envoy')
  return [...new Set(targets)]
}

/** Fails before anything runs; the World would only find out in every single scenario. */
export async function checkTarget(target: string): Promise<void> {
  if (target === 'envoy') await (await import('../../support/targets/envoy/find-envoy.ts')).findEnvoy()
  if (builtIn.includes(target)) return
  if (!looksLikePath(target))
    throw settingError(`there is no target "${target}"`, 'write "core", "envoy", "cluster" or the path of a module: ./my-target.ts', 'UNKNOWN_TARGET')
  if (target.startsWith('.') && !existsSync(target))
    throw settingError(`there is no module "${target}"`, 'the path counts from the folder that the command runs in', 'UNKNOWN_TARGET')
}

function looksLikePath(target: string): boolean {
  return /[./]/.test(target)
}
