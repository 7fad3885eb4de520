import { expect, test } from 'vitest'
import { NotSupported } from '../target.ts'
import { assertOfLiveMesh } from './as-it-is.ts'

test('a scenario of the specification is judged where the user holds the mesh to it', () => {
  expect(() => assertOfLiveMesh({ tags: ['@echo', '@spec'] }, false)).toThrow(NotSupported)
  expect(() => assertOfLiveMesh({ tags: ['@echo', '@spec'] }, true)).not.toThrow()
  expect(() => assertOfLiveMesh({ tags: ['@echo'] }, false)).not.toThrow()
})
