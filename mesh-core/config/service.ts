import type { Report } from './finding.ts'

interface Spec {
  readonly ports?: readonly { readonly name?: string | null }[] | null
}

/**
 * What the API server asks of a Service beyond the types of its fields: ports are told apart by their names.
 * Source: Kubernetes `pkg/apis/core/validation/validation.go` validateServicePort.
 */
export function checkService({ ports }: Spec, report: Report): void {
  const names = (ports ?? []).map(({ name }) => name ?? '')
  names.forEach((name, i) => {
    if (name === '' || names.indexOf(name) === i) return
    report({ code: 'INVALID_VALUE', path: ['spec', 'ports', i, 'name'], problem: `"${name}" is the name of another port, too` })
  })
}
