import type { HttpSettings } from '../ir/proxy-config.ts'
import { haveUnusableKeys } from './request-authentication.ts'

/** Does Envoy take no listener with the settings, though istiod writes them down: keys that it cannot read, or an authorizer that it cannot ask so? */
export function areSettingsRefused({ jwt, custom }: HttpSettings = {}): boolean {
  return haveUnusableKeys(jwt) || custom?.authorizer?.isRefused === true
}
