import { asSpecified, NotSupported } from '../target.ts'
import type { ScenarioInfo } from '../target.ts'

/**
 * A live mesh does what it does. What is about the specification where Istio is known to do otherwise says nothing about it, unless the user holds it to that.
 * @throws NotSupported
 */
export function assertOfLiveMesh({ tags }: Pick<ScenarioInfo, 'tags'>, spec: boolean): void {
  if (!spec && tags.includes(asSpecified))
    throw new NotSupported('config', 'it is about the specification where Istio does otherwise; --spec holds a live mesh to the specification')
}
