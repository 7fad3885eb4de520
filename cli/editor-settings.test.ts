import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { durationPattern } from '../support/sentences/duration.ts'
import { grpcStatusPattern } from '../support/sentences/grpc-status.ts'
import { serviceRefPattern } from '../support/sentences/service-ref.ts'
import { packageRoot } from '../support/package.ts'

interface ParameterType {
  readonly name: string
  readonly regexp: string
}

const settings = JSON.parse(readFileSync(join(packageRoot, 'samples/init/vscode/settings.json'), 'utf8')) as Readonly<Record<string, unknown>>
const types = new Map((settings['cucumber.parameterTypes'] as readonly ParameterType[]).map(({ name, regexp }) => [name, regexp]))

test.each([
  ['service', serviceRefPattern],
  ['duration', durationPattern],
  ['grpcStatus', grpcStatusPattern],
])('editors that init sets up read {%s} as the steps do', (name, pattern) => expect(types.get(name)).toBe(pattern.source))
