import type { Resource } from '../../config/resource.ts'
import type { Analyzer } from '../analyzer.ts'
import { proxyContainer } from '../in-mesh.ts'
import type { Inventory } from '../inventory.ts'
import { annotationsOf, kinds, labelsOf, listOf, specOf } from '../inventory.ts'
import { meshSettings, rootNamespaceOf } from '../mesh-settings.ts'
import { messageTypes } from '../message-types.ts'
import { isSelectedBy } from '../selectors.ts'
import { injectorName, injectorSettings } from './injection.ts'

/** Pods that run another proxy than they would be given now. Source: Istio `analyzers/injection/injection-image.go`. */
export const proxyImages: Analyzer = {
  name: 'injection.ImageAnalyzer',
  inputs: [kinds.namespace, kinds.pod, kinds.configMap],
  analyze(mesh, report) {
    const injectors = new Map(
      mesh
        .all(kinds.configMap)
        .filter(({ name }) => name.startsWith(injectorName('')))
        .map((one) => [one.name, imageOf(one)] as const),
    )
    for (const namespace of mesh.all(kinds.namespace)) {
      const revision = revisionOf(namespace)
      const image = revision === null ? undefined : injectors.get(injectorName(revision))
      if (image === undefined) continue
      const others = mesh.all(kinds.pod).filter((pod) => pod.namespace === namespace.name && runsAnother(pod, image, mesh))
      if (others.length > 0) report(messageTypes.proxyImageMismatch, namespace, [others.map(({ name }) => name)])
    }
  },
}

/** `null` for a namespace without injection. */
function revisionOf(namespace: Resource): string | null {
  const labels = labelsOf(namespace)
  return labels['istio.io/rev'] ?? (labels['istio-injection'] === 'enabled' ? 'default' : null)
}

function runsAnother(pod: Resource, image: string, mesh: Inventory): boolean {
  if (annotationsOf(pod)['sidecar.istio.io/proxyImage']) return false
  const variant = imageTypeOf(pod, mesh)
  const { containers, initContainers } = specOf(pod)
  return [...listOf(containers), ...listOf(initContainers)].some(
    (one) => one.name === proxyContainer && one.image !== image && one.image !== `${image}-${variant}`,
  )
}

/** `distroless` and the like: of the pod's own settings, a ProxyConfig of its namespace or the mesh's, or the MeshConfig. */
function imageTypeOf(pod: Resource, mesh: Inventory): string {
  const configs = mesh.all(kinds.proxyConfig)
  const ofWorkload = configs.find(
    (one) => one.namespace === pod.namespace && specOf(one).selector && isSelectedBy(labelsOf(pod), specOf(one).selector.matchLabels),
  )
  const ofNamespace = configs.find((one) => one.namespace === pod.namespace && !specOf(one).selector)
  const ofMesh = configs.find((one) => one.namespace === rootNamespaceOf(mesh) && !specOf(one).selector)
  const named = [ofWorkload, ofNamespace, ofMesh].map((one) => one && specOf(one).image?.imageType).find(Boolean)
  return annotationsOf(pod)['sidecar.istio.io/proxyImageType'] ?? named ?? meshSettings(mesh).defaultConfig?.image?.imageType ?? ''
}

/** The image that an injector fills in; a name with a slash is taken as it is. */
function imageOf(configMap: Resource): string {
  const { hub, tag, proxy } = injectorSettings(configMap)?.global ?? {}
  const image = String(proxy?.image ?? '')
  return image.includes('/') ? image : `${hub}/${image}:${tag}`
}
