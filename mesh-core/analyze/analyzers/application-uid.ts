import type { Resource } from '../../config/resource.ts'
import type { Analyzer } from '../analyzer.ts'
import { isControlPlane, proxyContainer, templateOf } from '../in-mesh.ts'
import type { Fields } from '../inventory.ts'
import { kinds, listOf, specOf } from '../inventory.ts'
import type { Report } from '../message.ts'
import { messageTypes } from '../message-types.ts'

/** Of the sidecar: what runs under it is not redirected to it. */
const proxyUid = 1337

/** Source: Istio `analyzers/deployment/pod.go`. */
export const applicationUid: Analyzer = {
  name: 'applicationUID.Analyzer',
  inputs: [kinds.pod, kinds.deployment],
  analyze(mesh, report) {
    for (const pod of mesh.all(kinds.pod)) check(pod, specOf(pod), report)
    for (const deployment of mesh.all(kinds.deployment)) check(deployment, templateOf(deployment).spec ?? {}, report)
  },
}

function check(resource: Resource, spec: Fields, report: Report): void {
  if (isControlPlane(resource)) return
  const applications = listOf(spec.containers).filter(({ name }) => name !== proxyContainer && name !== 'istio-operator')
  if ([spec, ...applications].some(({ securityContext }) => securityContext?.runAsUser === proxyUid)) report(messageTypes.uidOfProxy, resource, [])
}
