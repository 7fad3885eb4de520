import { locate } from '../config/locate.ts'
import { originAt } from '../config/resource.ts'
import type { Position } from '../ir/origin.ts'
import { formatPath } from '../ir/origin.ts'
import type { Evidence, Message, Related } from './message.ts'

/** Where a message points to: the field, or the beginning of its resource. */
export function placeOf({ resource, path }: Related): { readonly file: string; readonly position: Position | null } {
  const origin = originAt(resource, path)
  return { file: resource.source.file, position: locate(resource.source, origin.document, origin.path) }
}

/** `mesh.yaml:12:7 IST0101 VirtualService default/reviews spec.http[0]…: there is no host "x"`, and below it requests that prove it, and a hint. */
export function describeMessage(message: Message): string {
  const { hint, proof = [] } = message
  return [sentenceOf(message), ...proof.map((one) => `  proof: ${describeEvidence(one)}`), ...(hint ? [`  hint: ${hint}`] : [])].join('\n')
}

/** `a pod of prod: GET http://reviews/api with end-user: jason → http[0] takes it` */
export function describeEvidence({ from, request, headers, seen }: Evidence): string {
  const sent = Object.entries(headers).flatMap(([name, values]) => values.map((value) => `${name}: ${value}`))
  return `${from === null ? '' : `${from}: `}${request}${sent.length > 0 ? ` with ${sent.join(', ')}` : ''} → ${seen}`
}

/** The first line. */
export function sentenceOf(message: Message): string {
  const { code, resource, path, text } = message
  const { file, position } = placeOf(message)
  const where = position ? `${file}:${position.line}:${position.column}` : file
  const what = `${resource.origin.resource}${path.length > 0 ? ` ${formatPath(path)}` : ''}`
  return `${where} ${code} ${what}: ${text}`
}
