import { defaultSettings } from '../../settings.ts'
import { testTarget } from '../target.suite.ts'
import { createCoreTarget } from './target.ts'

testTarget({ name: 'core', createTarget: () => createCoreTarget(defaultSettings) })
