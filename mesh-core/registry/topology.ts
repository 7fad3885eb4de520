import type { Labels } from './labels.ts'

/** istiod's name for the cluster that it runs in. */
const clusterId = 'Kubernetes'

/** Says which node a pod is on. */
export const nodeLabel = 'kubernetes.io/hostname'

/** Says which network it is in. */
export const networkLabel = 'topology.istio.io/network'

/** `region/zone/subzone`, each `''` where it is not known; what follows belongs to nobody. */
export function localityParts(locality: string): readonly [region: string, zone: string, subzone: string] {
  const [region = '', zone = '', subzone = ''] = locality.split('/')
  return [region, zone, subzone]
}

/** A pod's labels with those that say where it is. Source: Istio `pilot/pkg/serviceregistry/util/label` AugmentLabels. */
export function topologyLabels(labels: Labels, locality: string, node = ''): Labels {
  const [region, zone, subzone] = localityParts(locality)
  return {
    ...labels,
    ...(region && { 'topology.kubernetes.io/region': region }),
    ...(zone && { 'topology.kubernetes.io/zone': zone }),
    ...(subzone && { 'topology.istio.io/subzone': subzone }),
    'topology.istio.io/cluster': clusterId,
    ...(node && { [nodeLabel]: node }),
  }
}

/**
 * Where a pod is, as its own labels say: `topology.istio.io/locality` or the older `istio-locality`, whose dots stand for slashes where no slash is.
 * Source: Istio `pkg/model/proxy.go` GetLocalityLabel, SanitizeLocalityLabel.
 */
export function localityOf(labels: Labels): string {
  const label = labels['topology.istio.io/locality'] ?? labels['istio-locality'] ?? ''
  return label.includes('/') ? label : label.replaceAll('.', '/')
}

/** Where a node is; the older names of its labels count too. Source: Istio `serviceregistry/kube/controller/controller.go` getPodLocality. */
export function nodeLocality(labels: Labels): string {
  const region = labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? ''
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? ''
  const parts = [region, zone, labels['topology.istio.io/subzone'] ?? '']
  return parts.every((part) => part === '') ? '' : parts.join('/')
}
