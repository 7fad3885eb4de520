import type { Inventory } from './inventory.ts'
import type { Report } from './message.ts'

/** Looks at the config of a mesh for one thing that an expert would warn of. */
export interface Analyzer {
  /** As `istioctl analyze --list-analyzers` has it. */
  readonly name: string
  /** `group/Kind` of what it looks at. Where none of them is there, it has nothing to say. */
  readonly inputs: readonly string[]
  analyze(mesh: Inventory, report: Report): void
}
