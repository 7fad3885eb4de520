import type { FieldPath } from '../finding.ts'
import type { Fields, Judge } from './judge.ts'
import { checkHeaderOrClaim, checkStringMatch } from './matching.ts'
import { checkGatewaysOfMatch, checkLabels, checkPort, isDnsLabel } from './names.ts'

/** Source: Istio validateHTTPRouteMatchRequest. */
export function checkHttpMatch(match: Fields, path: FieldPath, judge: Judge): void {
  for (const [name, header] of Object.entries((match.headers ?? {}) as Fields)) {
    checkHeaderOrClaim(name, [...path, 'headers', name], judge)
    if (header === null) judge.error('SCHEMA_TYPE', [...path, 'headers', name], `header match ${name} cannot be null`, 'for any value write {}')
    else checkStringMatch(header, 'headers', [...path, 'headers', name], judge)
  }
  for (const [name, header] of Object.entries((match.withoutHeaders ?? {}) as Fields)) {
    checkHeaderOrClaim(name, [...path, 'withoutHeaders', name], judge)
    // Here, and nowhere else, `*` is no RE2 and means that the header is present at all.
    if (header.regex !== '*') checkStringMatch(header, 'withoutHeaders', [...path, 'withoutHeaders', name], judge)
  }
  checkStringMatch(match.uri, 'uri', [...path, 'uri'], judge, true)
  for (const field of ['scheme', 'method', 'authority']) checkStringMatch(match[field], field, [...path, field], judge)
  for (const [name, parameter] of Object.entries((match.queryParams ?? {}) as Fields))
    checkStringMatch(parameter, 'queryParams', [...path, 'queryParams', name], judge)
  if (match.port) checkPort(match.port as number, [...path, 'port'], judge)
  checkLabels(match.sourceLabels, [...path, 'sourceLabels'], judge)
  checkGatewaysOfMatch(match.gateways, [...path, 'gateways'], judge)
  const namespace: string = match.sourceNamespace ?? ''
  if (namespace !== '' && !isDnsLabel(namespace))
    judge.error('INVALID_VALUE', [...path, 'sourceNamespace'], `sourceNamespace match ${namespace} is invalid`)
}
