import type { Resource } from '../../config/resource.ts'
import type { Analyzer } from '../analyzer.ts'
import { kinds, labelsOf, specOf } from '../inventory.ts'
import { messageTypes } from '../message-types.ts'
import { isSelectedBy, selectorText } from '../selectors.ts'
import { selectedTogether } from './selecting.ts'

/** Telemetries that select nobody, or the same pod as others. Source: Istio `analyzers/telemetry/selector.go`. */
export const telemetrySelectors: Analyzer = {
  name: 'telemetry.SelectorAnalyzer',
  inputs: [kinds.telemetry],
  analyze(mesh, report) {
    const telemetries = mesh.all(kinds.telemetry).filter((one) => Object.keys(labels(one)).length > 0)
    for (const one of telemetries)
      if (
        mesh.knows(kinds.pod, one.namespace) &&
        !mesh.pods.some((pod) => pod.namespace === one.namespace && isSelectedBy(labelsOf(pod), labels(one)))
      )
        report(messageTypes.notFound, one, ['selector', selectorText(labels(one))], ['spec', 'selector', 'matchLabels'])
    for (const { pod, selecting } of selectedTogether(mesh, telemetries, labels))
      if (selecting.length > 1)
        for (const one of selecting)
          report(messageTypes.conflictingTelemetries, one, [selecting.map(({ name }) => name), one.namespace, pod.name], ['metadata', 'name'])
  },
}

function labels(telemetry: Resource): Readonly<Record<string, string>> {
  return specOf(telemetry).selector?.matchLabels ?? {}
}
