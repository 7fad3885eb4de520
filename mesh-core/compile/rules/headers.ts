import type { HeaderMutation, HeaderValueOption } from '../../ir/route.ts'
import { noMutation } from '../../ir/route.ts'
import type { HeaderOperations } from './virtual-service-types.ts'

export interface TranslatedHeaders {
  readonly request: HeaderMutation
  readonly response: HeaderMutation
  /** `host` or `:authority` among the request's: rewrites the Host instead. */
  readonly authority: string | null
}

export const noHeaders: TranslatedHeaders = { request: noMutation, response: noMutation, authority: null }

/**
 * `set` before `add`, each by name. Pseudo headers and `host` are never headers; the authority of `set` goes before that of `add`.
 * Source: Istio `core/route/route.go` TranslateHeadersOperations.
 */
export function translateHeaders(headers: HeaderOperations | undefined): TranslatedHeaders {
  if (!headers) return noHeaders
  return {
    request: mutation(headers.request),
    response: mutation(headers.response),
    authority: authorityOf(headers.request?.set) ?? authorityOf(headers.request?.add),
  }
}

/** The operations of a rule and then of its only destination. */
export function joined(first: HeaderMutation, second: HeaderMutation): HeaderMutation {
  if (first === noMutation) return second
  if (second === noMutation) return first
  return { set: [...first.set, ...second.set], remove: [...first.remove, ...second.remove] }
}

type Operations = HeaderOperations['request']

function mutation(operations: Operations): HeaderMutation {
  if (!operations) return noMutation
  return {
    set: [...options(operations.set, 'overwrite'), ...options(operations.add, 'append')],
    remove: (operations.remove ?? []).filter((name) => !isInternal(name)).map((name) => name.toLowerCase()),
  }
}

function options(headers: Readonly<Record<string, string>> | undefined, action: HeaderValueOption['action']): HeaderValueOption[] {
  return Object.entries(headers ?? {})
    .filter(([name]) => !isInternal(name))
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => ({ name: name.toLowerCase(), value, action }))
}

function isInternal(name: string): boolean {
  return name.startsWith(':') || name.toLowerCase() === 'host'
}

function authorityOf(headers: Readonly<Record<string, string>> | undefined): string | null {
  const entry = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'host' || name.toLowerCase() === ':authority')
  return entry?.[1] || null
}
