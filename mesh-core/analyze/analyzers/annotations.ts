import type { Resource } from '../../config/resource.ts'
import type { Analyzer } from '../analyzer.ts'
import { annotationsOf, kinds, labelsOf, listOf, specOf } from '../inventory.ts'
import type { Report } from '../message.ts'
import { messageTypes } from '../message-types.ts'
import { annotationTable, isIstioAnnotation } from './annotation-table.ts'
import { annotationProblem } from './annotation-values.ts'

const annotated = [kinds.namespace, kinds.service, kinds.pod, kinds.deployment]

/** Source: Istio `analyzers/annotations/annotations.go`. */
export const annotations: Analyzer = {
  name: 'annotations.K8sAnalyzer',
  inputs: annotated,
  analyze(mesh, report) {
    for (const kind of annotated)
      for (const resource of mesh.all(kind))
        for (const [name, value] of Object.entries(annotationsOf(resource))) if (isIstioAnnotation(name)) check(resource, name, value, report)
  },
}

function check(resource: Resource, name: string, value: string, report: Report): void {
  const path = ['metadata', 'annotations', name]
  const info = annotationTable.get(name)
  if (!info) return report(messageTypes.unknownAnnotation, resource, [name], path)
  if (info.deprecated !== null && !hasReplacement(resource, name)) report(messageTypes.deprecatedAnnotation, resource, [name, info.deprecated], path)
  if (info.kinds.includes('Any')) return
  if (!info.kinds.includes(resource.kind)) return report(messageTypes.misplacedAnnotation, resource, [name, info.kinds.join(', ')], path)
  const problem = annotationProblem(name, value)
  if (problem !== null) report(messageTypes.invalidAnnotation, resource, [name, problem], path)
}

/** The label is there beside it, for older and newer versions of Istio at once. */
function hasReplacement(resource: Resource, name: string): boolean {
  return name === 'sidecar.istio.io/inject' && Object.hasOwn(labelsOf(resource), name)
}

/** Written by the CNI plugin's injection, not by a person. */
const ofInjection = new Set([
  'sidecar.istio.io/interceptionMode',
  'traffic.sidecar.istio.io/includeInboundPorts',
  'traffic.sidecar.istio.io/excludeInboundPorts',
  'traffic.sidecar.istio.io/includeOutboundIPRanges',
])

/** Not run unless it is asked for: much of Istio is alpha. Source: Istio `analyzers/maturity/maturity.go`. */
export const alphaAnnotations: Analyzer = {
  name: 'annotations.AlphaAnalyzer',
  inputs: annotated,
  analyze(mesh, report) {
    for (const kind of annotated)
      for (const resource of mesh.all(kind))
        for (const name of Object.keys(annotationsOf(resource)))
          if (annotationTable.get(name)?.alpha && name !== 'sidecar.istio.io/status' && !(isInjectedByCni(resource) && ofInjection.has(name)))
            report(messageTypes.alphaAnnotation, resource, [name], ['metadata', 'annotations', name])
  },
}

function isInjectedByCni(resource: Resource): boolean {
  return resource.kind === 'Pod' && !listOf(specOf(resource).initContainers).some(({ name }) => name === 'istio-init')
}
