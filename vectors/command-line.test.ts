import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ownCommand, perform } from './command-line.ts'

const argv = process.argv
const said: string[] = []

beforeEach(() => {
  said.length = 0
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.push(String(text))
    return true
  })
})

afterEach(() => {
  process.argv = argv
  process.exitCode = undefined
  vi.restoreAllMocks()
})

test('a file that an argument names and that is not there is a wrong argument', async () => {
  process.argv = ['node', 'x', 'nowhere.json']
  await perform(ownCommand('x', 'reads').argument('<file>'), async () => readFileSync('nowhere.json').length)
  expect(said.join('')).toContain('error: there is no nowhere.json\n')
  expect(process.exitCode).toBe(2)
})

test('a folder that is not there is told as such', async () => {
  process.argv = ['node', 'x', 'nowhere/at/all.json']
  await perform(ownCommand('x', 'reads').argument('<file>'), async () => readFileSync('nowhere/at/all.json').length)
  expect(said.join('')).toContain('error: nowhere/at/all.json: there is no such folder')
})

test('a file that nobody has named is a fault of ours', async () => {
  process.argv = ['node', 'x']
  await expect(perform(ownCommand('x', 'reads'), async () => readFileSync('nowhere.json').length)).rejects.toThrow('ENOENT')
})
