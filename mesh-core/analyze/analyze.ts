import { analyzers } from './analyzers.ts'
import type { Inventory } from './inventory.ts'
import type { Message } from './message.ts'
import { runAnalyzers } from './run-analyzers.ts'

/** Says what an expert would warn of, in the order of the analyzers. Source: Istio `pkg/config/analysis/local/istiod_analyze.go`. */
export function analyze(mesh: Inventory): readonly Message[] {
  return runAnalyzers(mesh, analyzers)
}
