import { expect, test } from 'vitest'
import { printable } from './printable.ts'

test.each([
  ['a\tb\nc', 'a\tb\nc'],
  ['日本語 ünï ✔ 🙂', '日本語 ünï ✔ 🙂'],
  ['\u001b[31mred', '\\u001b[31mred'],
  ['over\rwritten', 'over\\u000dwritten'],
  ['\u009b2J\u007f', '\\u009b2J\\u007f'],
  ['user\u202egpj.exe', 'user\\u202egpj.exe'],
])('%j', (text, shown) => expect(printable(text)).toBe(shown))
