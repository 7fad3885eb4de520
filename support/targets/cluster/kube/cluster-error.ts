import { MeshSpecError } from '../../../../mesh-core/config/errors.ts'
import type { ErrorCode } from '../../../../mesh-core/config/errors.ts'

type ClusterCode = Extract<ErrorCode, `CLUSTER_${string}` | 'CONFIG_CHANGED' | 'TELEMETRY_FAILED' | 'INVALID_SETTING' | 'TARGET_UNREACHABLE'>

/** A mistake of settings, permissions or the cluster itself: it stands in no file. */
export function clusterError(code: ClusterCode, problem: string, hint: string | null): MeshSpecError {
  return new MeshSpecError({ code, origin: null, place: null, problem, hint })
}
