import type { Inventory } from '../analyze/inventory.ts'
import type { Evidence, Level, Message, MessageType, Related } from '../analyze/message.ts'
import type { FieldPath } from '../config/finding.ts'
import type { Resource } from '../config/resource.ts'

/** What is told of a place of the config. */
export interface Advice<Args extends readonly unknown[] = readonly unknown[]> {
  readonly type: MessageType<Args>
  readonly args: Args
  readonly resource: Resource
  readonly path: FieldPath
  readonly hint?: string | null
  readonly proof?: readonly Evidence[]
  readonly related?: readonly Related[]
  /** Where it is of less weight than its type. */
  readonly level?: Level
}

/** Takes what an adviser finds. */
export type Advise = <Args extends readonly unknown[]>(advice: Advice<Args>) => void

/** Looks at the config of a mesh for one thing that is allowed, and not what somebody meant. It tells nothing that it has not seen a request show. */
export interface Adviser {
  readonly name: string
  /** `group/Kind` of what it looks at. Where none of them is there, it has nothing to say. */
  readonly inputs: readonly string[]
  advise(mesh: Inventory, advise: Advise): void | Promise<void>
}

export function messageOf<Args extends readonly unknown[]>({ type, args, level, hint = null, ...rest }: Advice<Args>): Message {
  return { code: type.code, name: type.name, level: level ?? type.level, text: type.text(...args), hint, ...rest }
}
