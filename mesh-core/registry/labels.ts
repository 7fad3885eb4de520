export type Labels = Readonly<Record<string, string>>

/** Every label of the selector stands so in `labels`. An empty selector selects everything. Source: Istio `pkg/config/labels` SubsetOf. */
export function selects(selector: Labels, labels: Labels): boolean {
  for (const name in selector) if (labels[name] !== selector[name]) return false
  return true
}
