import type { YamlError } from './yaml-error.ts'

/** What usually lies behind a message of the parser. */
const hints: readonly { readonly about: RegExp; readonly hint: string }[] = [
  { about: /tab/i, hint: 'indent with blanks: YAML allows no tabs there' },
  { about: /indentation/i, hint: 'entries of one mapping or list start in the same column' },
  { about: /unexpected end of the (?:stream|document) within a (?:single|double) quoted/i, hint: 'a quote is not closed' },
  { about: /reads no "\?"/, hint: 'put the text into quotes' },
  { about: /flow collection/i, hint: 'a "[" or "{" is not closed, or a comma is missing' },
  { about: /mapping|multiline key|implicit key/i, hint: 'put text that holds ": " or starts with one of @ ` % & * ! | > [ { into quotes' },
  { about: /cannot start|reserved/i, hint: 'put the value into quotes' },
  { about: /!!/, hint: 'leave the tag away, or write a value of its type' },
]

export function syntaxHint(error: YamlError): string | null {
  switch (error.code) {
    case 'YAML_DUPLICATE_KEY':
      return 'keep one of the two; Kubernetes refuses duplicate keys'
    case 'YAML_ALIAS_BOMB':
      return 'write the values out, or split the document'
    default:
      return hints.find(({ about }) => about.test(error.message))?.hint ?? null
  }
}
