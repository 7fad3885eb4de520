import { locate } from '../config/locate.ts'
import { originAt } from '../config/resource.ts'
import type { Position } from '../ir/origin.ts'
import { formatPath } from '../ir/origin.ts'
import type { Message } from './message.ts'

/** Where a message points to: the field, or the beginning of its resource. */
export function placeOf({ resource, path }: Message): { readonly file: string; readonly position: Position | null } {
  const origin = originAt(resource, path)
  return { file: resource.source.file, position: locate(resource.source, origin.document, origin.path) }
}

/** `mesh.yaml:12:7 IST0101 VirtualService default/reviews spec.http[0]…: there is no host "x"`, and a hint below it. */
export function describeMessage(message: Message): string {
  const { code, resource, path, text, hint } = message
  const { file, position } = placeOf(message)
  const where = position ? `${file}:${position.line}:${position.column}` : file
  const what = `${resource.origin.resource}${path.length > 0 ? ` ${formatPath(path)}` : ''}`
  return `${where} ${code} ${what}: ${text}${hint ? `\n  hint: ${hint}` : ''}`
}
