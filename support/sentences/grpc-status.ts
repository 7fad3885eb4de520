import { grpcStatuses } from '../../mesh-core/ir/grpc-status.ts'

export { grpcStatuses, type GrpcStatus } from '../../mesh-core/ir/grpc-status.ts'

/** `UNAVAILABLE` */
export const grpcStatusPattern = new RegExp(grpcStatuses.join('|'))
