import { editDistance } from '../../mesh-core/config/schema/edit-distance.ts'

/** The known name that one may have been meant for; `undefined` when none is near. */
export function meantBy(name: string, known: readonly string[]): string | undefined {
  const bound = name.length < 5 ? 1 : 2
  const near = known.map((other) => ({ other, far: editDistance(other, name) })).filter(({ far }) => far <= bound)
  return near.toSorted((a, b) => a.far - b.far)[0]?.other
}
