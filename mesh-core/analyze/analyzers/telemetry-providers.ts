import type { Analyzer } from '../analyzer.ts'
import { kinds, listOf, specOf } from '../inventory.ts'
import { meshSettings } from '../mesh-settings.ts'
import { messageTypes } from '../message-types.ts'

/** Access logs without a provider, of their own or of the mesh. Source: Istio `analyzers/telemetry/providers.go`. */
export const telemetryProviders: Analyzer = {
  name: 'telemetry.ProviderAnalyzer',
  inputs: [kinds.telemetry],
  analyze(mesh, report) {
    if (listOrTexts(meshSettings(mesh).defaultProviders?.accessLogging).length > 0) return
    for (const telemetry of mesh.all(kinds.telemetry))
      for (const { providers, disabled } of listOf(specOf(telemetry).accessLogging))
        if (listOf(providers).length === 0 && disabled !== true)
          report(messageTypes.noTelemetryProvider, telemetry, [telemetry.name, telemetry.namespace])
  },
}

/** Tracing by Lightstep, which Istio no longer speaks. Source: Istio `analyzers/telemetry/lightstep.go`. */
export const lightstep: Analyzer = {
  name: 'telemetry.LightstepAnalyzer',
  inputs: [kinds.telemetry, kinds.meshConfig],
  analyze(mesh, report) {
    const providers = listOf(meshSettings(mesh).extensionProviders).filter((one) => one.lightstep)
    const names = new Set(providers.map(({ name }) => name))
    for (const telemetry of mesh.all(kinds.telemetry))
      for (const tracing of listOf(specOf(telemetry).tracing))
        for (const { name } of listOf(tracing.providers))
          if (names.has(name)) report(messageTypes.deprecated, telemetry, [`provider ${name} is Lightstep's own; use OpenTelemetry`])
  },
}

function listOrTexts(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
