import type { MeshSpecError } from '../../config/errors.ts'
import { kinds as knownKinds } from '../../config/kinds.ts'
import type { Resource } from '../../config/resource.ts'
import { validateResource } from '../../config/validate.ts'
import type { Analyzer } from '../analyzer.ts'
import type { Report } from '../message.ts'
import { messageTypes } from '../message-types.ts'

/** What the webhook would say of each resource, an analyzer a kind. Source: Istio `analyzers/schema/validation.go`. */
export const schemaAnalyzers: readonly Analyzer[] = knownKinds
  .filter(({ group }) => group.endsWith('istio.io'))
  .map(({ group, kind }) => ({
    name: `schema.ValidationAnalyzer.${kind}`,
    inputs: [`${group}/${kind}`],
    analyze(mesh, report): void {
      for (const resource of mesh.all(`${group}/${kind}`)) check(resource, report)
    },
  }))

function check(resource: Resource, report: Report): void {
  const { errors, warnings } = validateResource(resource)
  for (const { details } of errors) report(messageTypes.schemaError, resource, [details.problem], pathIn(resource, details))
  for (const { details } of warnings) report(warningType(details), resource, [details.problem], pathIn(resource, details))
}

function warningType({ code, origin }: MeshSpecError['details']) {
  if (code !== 'UNREACHABLE_RULE') return messageTypes.schemaWarning
  return origin?.path.includes('match') ? messageTypes.ineffectiveMatch : messageTypes.unreachableRule
}

/** Inside a `List` a place begins with the item's own. */
function pathIn(resource: Resource, { origin }: MeshSpecError['details']): readonly (string | number)[] {
  return origin?.path.slice(resource.origin.path.length) ?? []
}
