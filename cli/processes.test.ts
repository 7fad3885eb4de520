import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { CommandFolder } from './built-command.fixture.ts'

/** ms; whole processes are started here, perhaps on a busy machine. */
vi.setConfig({ testTimeout: 60_000 })

const folder = new CommandFolder()
afterAll(() => folder.remove())

const share = `    When a sends "GET http://b/" 100 times
    Then the requests are split:
      | b:v1 | 50% |
      | b:v2 | 50% |
`
const names = ['one', 'two', 'three', 'four']
for (const name of names)
  folder.write(
    `${name}.feature`,
    `Feature: ${name}
  Background:
    Given the services:
      | service | versions |
      | a       |          |
      | b       | v1, v2   |
  Scenario: answers
    When a sends "GET http://b/"
    Then the response status is 200
  Scenario: shares
${share}`,
  )

test('however many processes run it, the same run gives the same messages', async () => {
  const told = async (parallel: string): Promise<string> => {
    const { status } = await folder.run(['run', ...names.map((name) => `${name}.feature`), '--parallel', parallel, '--format', 'messages:m.ndjson'])
    expect(status).toBe(0)
    return readFileSync(join(folder.path, 'm.ndjson'), 'utf8')
  }
  const alone = await told('0')
  expect(alone).toContain('"testRunHookFinished"')
  expect(await told('2')).toBe(alone)
})
