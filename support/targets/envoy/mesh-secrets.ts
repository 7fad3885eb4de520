import type { Registry, WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import { spiffeId } from '../../../mesh-core/registry/spiffe.ts'
import { credentials } from './credentials.ts'
import { restSource } from './envoy-process.ts'
import type { Json } from './xds/json.ts'
import { authoritySecret, certificateSecret } from './xds/mutual-tls.ts'
import type { SecretSource } from './xds/placement.ts'

const rootName = 'ROOTCA'

/** Nobody sends them: Envoy waits for a moment, and then refuses to connect. */
export const missingSecrets: Json = { ...restSource(), initial_fetch_timeout: '0.001s' }

/** @param asked takes note of what is asked for */
export function secretsOf({ ref, serviceAccount }: WorkloadInstance, { trustDomain }: Registry, asked: Set<string>): SecretSource {
  const own = spiffeId({ namespace: ref.namespace, serviceAccount }, trustDomain)
  asked.add(own).add(rootName)
  return { own, root: rootName, configSource: restSource() }
}

export async function secretNamed(name: string): Promise<Json> {
  return name === rootName ? authoritySecret(name, await credentials.root()) : certificateSecret(name, await credentials.ofIdentity(name))
}
