import { join } from 'node:path'
import { ConfigRejected } from '../../../mesh-core/config/errors.ts'
import { inNamespace, readPaths } from '../../../mesh-core/config/load.ts'
import type { Resource } from '../../../mesh-core/config/resource.ts'
import { ownSamples } from '../../package.ts'

const files = ['platform/kube/bookinfo.yaml', 'networking/bookinfo-gateway.yaml']

/** Bookinfo and its gateway, in the namespace. @throws ConfigRejected where a sample was edited, and is not right */
export function bookinfoManifests(namespace: string): readonly Resource[] {
  const { resources, errors } = readPaths(files.map((file) => join(ownSamples, 'bookinfo', file)))
  if (errors.length > 0) throw new ConfigRejected(errors)
  return inNamespace(resources, namespace)
}
