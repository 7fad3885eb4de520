import type { Level, MessageType } from '../analyze/message.ts'

function type<Args extends readonly unknown[]>(code: string, level: Level, name: string, text: (...args: Args) => string): MessageType<Args> {
  return { code, name, level, text }
}

/** What no analyzer of `istioctl` tells. docs/errors.md has an entry for each (a test holds that). */
export const adviceTypes = {
  deadRule: type('DEAD_RULE', 'warning', 'DeadRule', (why: string) => `no request comes to this rule: ${why}`),
  deadMatch: type('DEAD_MATCH', 'warning', 'DeadMatch', (why: string) => `no request comes to this match: ${why}`),
  shadowedRule: type('SHADOWED_RULE', 'info', 'ShadowedRule', (what: string) => what),
  undecidedRule: type('UNDECIDED_RULE', 'info', 'UndecidedRule', (why: string) => `whether a request comes to this rule was not decided: ${why}`),
} as const
