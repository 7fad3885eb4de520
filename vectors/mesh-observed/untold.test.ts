import { expect, test } from 'vitest'
import { areUntold } from './untold.ts'

const answered = { workload: 'b-v1.default', status: 200, flags: '-', route: 'default', cluster: 'inbound|8080||', details: 'via_upstream' }
const unread = { workload: 'b-v2.default', status: 400, flags: 'DPE', route: '-', cluster: '-', details: 'http1.codec_error' }
const bytes = { workload: 'b-v1.default', status: 0, flags: '-', route: '-', cluster: 'inbound|9000||', details: '-' }

test.each([
  ['the only try', [bytes], [], true],
  ['the first of two', [unread, answered], [answered], true],
  ['the last of two', [answered, unread], [answered], true],
  ['a try that was read', [answered], [], false],
  ['one of two that were read', [answered, { ...answered, workload: 'b-v2.default' }], [answered], false],
  ['a line of another', [bytes, answered], [{ ...answered, status: 503 }], false],
  ['a line that nobody has written', [bytes], [bytes, answered], false],
  ['nothing', [answered], [answered], false],
] as const)('may be untold: %s', (_, written, told, wanted) => expect(areUntold(written, told)).toBe(wanted))
