/** The environment of a pod, as its image and its Deployment set it. */
export type Env = Readonly<Record<string, string>>

/** A service that a Bookinfo program calls: where it is, as `http://<authority>`. */
export interface Backend {
  readonly authority: string
}

/**
 * The address of one of the four services.
 * Env: `<NAME>_HOSTNAME` (default: the service's name), `<NAME>_SERVICE_PORT` (default 9080), `SERVICES_DOMAIN` (a suffix).
 */
export function backendOf(service: 'details' | 'reviews' | 'ratings', env: Env): Backend {
  const key = service.toUpperCase()
  const host = env[`${key}_HOSTNAME`] ?? service
  const domain = env['SERVICES_DOMAIN'] ? `.${env['SERVICES_DOMAIN']}` : ''
  return { authority: `${host}${domain}:${env[`${key}_SERVICE_PORT`] ?? '9080'}` }
}
