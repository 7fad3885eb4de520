import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../support/package.ts'

const cases: { name: string; args: string[]; says: string }[] = [
  { name: 'a required option is missing', args: ['explain', 'samples/bookinfo'], says: 'hint: --from <sender>: who sends: a service' },
  { name: 'an option that there is not', args: ['xds', '--prox', 'a'], says: '(meshspec xds --help lists what it takes)' },
  { name: 'an argument of a subcommand is missing', args: ['report', 'merge'], says: '(meshspec report merge --help lists what it takes)' },
  { name: 'no command', args: ['explan'], says: '(meshspec --help lists the commands)' },
  {
    name: 'a URL without a method',
    args: ['explain', 'samples/bookinfo', 'http://reviews:9080/', '--from', 'client'],
    says: '"http://reviews:9080/" is no request',
  },
  { name: 'a method in small letters', args: ['explain', 'samples/bookinfo', 'get /', '--from', 'client'], says: '"get /" is no request' },
  { name: 'no request', args: ['explain', 'samples/bookinfo', '--from', 'client'], says: '0 requests are given' },
]

test.each(cases)('$name: what is wrong, and what to write', ({ args, says }) => {
  const { status, stderr } = spawnSync(process.execPath, [join(packageRoot, 'dist', 'cli', 'main.js'), ...args], {
    cwd: packageRoot,
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(says) as string })
})
