import { expect, test } from 'vitest'
import { MeshSpecError } from '../../mesh-core/config/errors.ts'
import { compareRefusal } from './refusal.ts'

type Path = readonly (string | number)[]

function refused(resource: string, path: Path, problem = 'wrong'): MeshSpecError {
  return new MeshSpecError({ code: 'INVALID_VALUE', origin: { file: 'f', document: 0, resource, path }, place: null, problem, hint: null })
}

const b = 'VirtualService default/b'
const cases: { wanted: string; resource?: string; path: Path; problem?: string; same: boolean }[] = [
  { wanted: 'VirtualService/b/default: spec.http[0].timeout: Invalid value: "0s"', path: ['spec', 'http', 0, 'timeout'], same: true },
  { wanted: 'VirtualService/b/default: spec.http[0].timeout: Invalid value: "0s"', path: ['spec', 'http', 0, 'retries'], same: false },
  {
    wanted: 'VirtualService/b/default: spec.http[0].timeout: Invalid value: "0s"',
    resource: 'VirtualService default/c',
    path: ['spec', 'http', 0, 'timeout'],
    same: false,
  },
  {
    wanted: 'VirtualService/b/default: spec.http[0].route[0].destination.host: Required value',
    path: ['spec', 'http', 0, 'route', 0, 'destination'],
    same: true,
  },
  { wanted: 'VirtualService/b/default: unknown fields [spec.http[0].matches]', path: ['spec', 'http', 0, 'matches'], same: true },
  { wanted: 'VirtualService/b/default: unknown fields [spec.http[0].matches spec.foo]', path: ['spec', 'http', 0, 'matches'], same: false },
  {
    wanted: 'VirtualService/b/default: <nil>: Invalid value: "": "spec.http[0].fault.abort" must validate one',
    path: ['spec', 'http', 0, 'fault', 'abort'],
    same: true,
  },
  { wanted: `${b}: configuration is invalid: total destination weight = 0`, path: ['spec', 'http', 0, 'route'], same: true },
  { wanted: `${b}: configuration is invalid: total destination weight = 0`, path: ['spec', 'hosts', 0], same: false },
  { wanted: `${b}: configuration is invalid: "uri": error parsing regexp: x`, path: ['spec', 'http', 0, 'match', 0, 'uri', 'regex'], same: true },
  {
    wanted: `${b}: configuration is invalid: percentage 101 is neither 0.0`,
    path: ['spec', 'http', 0, 'fault', 'abort', 'percentage', 'value'],
    same: true,
  },
]

for (const { wanted, resource = b, path, problem, same } of cases)
  test(`${wanted} and ${resource} ${path.join('.')}`, () => {
    const differences = compareRefusal(wanted, { kind: 'rejected', errors: [refused(resource, path, problem)] })
    expect(differences.length).toBe(same ? 0 : 1)
  })

test('a config that is accepted is a difference', () => {
  const outcome = { kind: 'observed', observed: [], warnings: [], notModelled: [] } as const
  expect(compareRefusal(`${b}: configuration is invalid: weight -50 < 0`, outcome)).toHaveLength(1)
})
