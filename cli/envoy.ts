import { findEnvoy } from '../support/targets/envoy/find-envoy.ts'
import { installEnvoy } from '../support/targets/envoy/install-envoy.ts'
import { exitCodes } from './output/exit-codes.ts'
import { settingError } from './options/setting-error.ts'

/**
 * `meshspec envoy install` puts Envoy into the cache, `meshspec envoy which` prints the one that would be used.
 * @returns the exit code
 */
export async function envoy(action: string): Promise<number> {
  switch (action) {
    case 'install':
      process.stdout.write(`${await installEnvoy()}\n`)
      return exitCodes.held
    case 'which':
      process.stdout.write(`${(await findEnvoy()).path}\n`)
      return exitCodes.held
    default:
      throw settingError(`meshspec envoy does not know "${action}"`, 'write "install" or "which"')
  }
}
