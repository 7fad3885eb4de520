import type { Envelope } from '@cucumber/messages'

/** What cucumber hands to a formatter that is a plugin. Source: `FormatterPluginContext` of @cucumber/cucumber 12, which it does not export. */
export interface FormatterContext {
  readonly on: (key: 'message', handler: (envelope: Envelope) => void) => void
  readonly write: (text: string) => void
  readonly stream: NodeJS.WritableStream & { readonly isTTY?: boolean }
  readonly options: Readonly<Record<string, unknown>>
}

export interface Formatter {
  readonly type: 'formatter'
  /** @returns what to do when the run has ended */
  readonly formatter: (context: FormatterContext) => (() => void) | void
}
