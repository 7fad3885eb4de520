import type { Settings } from '../../settings.ts'
import { asSpecified, capabilities } from '../target.ts'
import type { Capability, Target } from '../target.ts'
import { CoreSession } from './session.ts'

/** mesh-core in this process: a simulated mesh on a virtual clock. */
export function createCoreTarget({ spec }: Pick<Settings, 'spec'>): Target {
  return {
    name: 'core',
    capabilities: new Set(Object.keys(capabilities) as Capability[]),
    clock: 'virtual',
    // Its version is that of meshspec, which every report names.
    mesh: () => ({ name: 'mesh-core', version: null, notes: spec ? ["without istiod's departures from the specifications"] : [] }),
    open: async ({ seed, tags, asksTelemetry = false }) => new CoreSession({ seed, spec: spec || tags.includes(asSpecified), asksTelemetry }),
    close: async () => {},
  }
}

export default createCoreTarget
