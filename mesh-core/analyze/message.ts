import type { FieldPath } from '../config/finding.ts'
import type { Resource } from '../config/resource.ts'

export type Level = 'error' | 'warning' | 'info'

/** A kind of message: the codes and names are those of `istioctl analyze`, the words are ours. */
export interface MessageType<Args extends readonly unknown[]> {
  /** `IST0101` */
  readonly code: string
  /** `ReferencedResourceNotFound` */
  readonly name: string
  readonly level: Level
  readonly text: (...args: Args) => string
}

/** What an analyzer has found. */
export interface Message {
  readonly code: string
  readonly name: string
  readonly level: Level
  readonly resource: Resource
  /** Of the field that the message is about; empty for the resource as a whole. */
  readonly path: FieldPath
  readonly text: string
  /** What to write instead, where that can be told. */
  readonly hint: string | null
  /** Requests that show it, each of which was answered by mesh-core before it is told. Absent for what no request shows. */
  readonly proof?: readonly Evidence[]
  /** What else takes part in it, such as the rule that goes before. */
  readonly related?: readonly Related[]
}

/** A request, and what mesh-core made of it. */
export interface Evidence {
  /** `a pod of prod with app=web`, `gateway default/shop`; `null` for any client. */
  readonly from: string | null
  /** `GET http://reviews/api` */
  readonly request: string
  readonly headers: Readonly<Record<string, readonly string[]>>
  /** `http[0] takes it` */
  readonly seen: string
}

export interface Related {
  readonly resource: Resource
  readonly path: FieldPath
}

/** Takes what an analyzer finds. Without a path the message is about the resource as a whole. */
export type Report = <Args extends readonly unknown[]>(
  type: MessageType<Args>,
  resource: Resource,
  args: Args,
  path?: FieldPath,
  hint?: string | null,
) => void
