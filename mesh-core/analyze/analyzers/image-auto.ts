import { matchesLabelSelector } from '../../registry/label-selector.ts'
import type { Analyzer } from '../analyzer.ts'
import { proxyContainer, templateOf } from '../in-mesh.ts'
import type { Fields } from '../inventory.ts'
import { kinds, labelsOf, listOf, specOf } from '../inventory.ts'
import { messageTypes } from '../message-types.ts'

/** `image: auto` is for the injection webhook to fill in. Source: Istio `analyzers/injection/image-auto.go`. */
export const imageAuto: Analyzer = {
  name: 'injection.ImageAutoAnalyzer',
  inputs: [kinds.pod, kinds.deployment],
  analyze(mesh, report) {
    const webhooks = mesh
      .all(kinds.mutatingWebhook)
      .flatMap(({ object }) => listOf(object.webhooks))
      .filter(({ name }) => String(name).endsWith('istio.io'))
    // A pod that is there with it was not injected.
    for (const pod of mesh.all(kinds.pod)) if (isAuto(specOf(pod))) report(messageTypes.imageAutoStays, pod, ['Pod', pod.name])
    for (const deployment of mesh.all(kinds.deployment)) {
      const { metadata, spec } = templateOf(deployment)
      const namespace = mesh.find(kinds.namespace, '', deployment.namespace || 'default')
      const labels = namespace ? labelsOf(namespace) : {}
      const isFilled = webhooks.some(
        (one) => matchesLabelSelector(one.namespaceSelector ?? {}, labels) && matchesLabelSelector(one.objectSelector ?? {}, metadata?.labels ?? {}),
      )
      if (isAuto(spec) && !isFilled) report(messageTypes.imageAutoMayStay, deployment, ['Deployment', deployment.name])
    }
  },
}

function isAuto(spec: Fields | undefined): boolean {
  return listOf(spec?.containers).some(({ name, image }) => name === proxyContainer && image === 'auto')
}
