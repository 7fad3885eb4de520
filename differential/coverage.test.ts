import { expect, test } from 'vitest'
import { fieldsIn, fieldsThatAct, fieldsWithoutEffect } from './coverage.ts'
import { generateMesh } from './generate/mesh.ts'
import { subjects } from './generate/subjects.ts'
import { leftOut } from './left-out.ts'

const meshesOfEach = 300

/** A field that is new here joins a generator of differential/generate, or left-out.ts with the reason. */
test('every field that mesh-core acts on, or says to be without effect, occurs in generated meshes, or has a reason not to', () => {
  const seen = new Set(
    subjects.flatMap(({ name }) => Array.from({ length: meshesOfEach }, (_, i) => [...fieldsIn(generateMesh('fields', i, 1, name))])).flat(),
  )
  const missing = [...fieldsThatAct(), ...fieldsWithoutEffect()].filter((path) => !seen.has(path))
  const excused = (path: string): boolean => Object.keys(leftOut).some((begin) => path === begin || path.startsWith(`${begin}.`))
  expect(missing.filter((path) => !excused(path))).toEqual([])
  expect(Object.keys(leftOut).filter((begin) => !missing.some((path) => path === begin || path.startsWith(`${begin}.`)))).toEqual([])
})
