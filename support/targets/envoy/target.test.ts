import { defaultSettings } from '../../settings.ts'
import { describe } from 'vitest'
import { testTarget } from '../target.suite.ts'
import { envoyForTests } from './envoy-for-tests.ts'
import createTarget from './target.ts'

const path = await envoyForTests()

describe.skipIf(path === null)('on real Envoy', () => testTarget({ name: 'envoy', createTarget: () => createTarget(defaultSettings) }))
