import type { Analyzer } from '../analyzer.ts'
import { kinds, specOf } from '../inventory.ts'
import { messageTypes } from '../message-types.ts'
import { withoutSelector } from './selecting.ts'

/** Several Telemetries for one whole namespace. Source: Istio `analyzers/telemetry/defaultselector.go`. */
export const telemetryDefaults: Analyzer = {
  name: 'telemetry.DefaultSelectorAnalyzer',
  inputs: [kinds.telemetry],
  analyze(mesh, report) {
    const isDefault = (one: Parameters<typeof specOf>[0]): boolean => {
      const { selector, targetRef, targetRefs } = specOf(one)
      return !selector && !targetRef && !(targetRefs?.length > 0)
    }
    for (const [namespace, telemetries] of withoutSelector(mesh.all(kinds.telemetry), isDefault))
      if (telemetries.length > 1)
        for (const one of telemetries) report(messageTypes.severalDefaultTelemetries, one, [telemetries.map(({ name }) => name), namespace])
  },
}
