/** What a user's own steps and targets are written with. */
export { ConfigRejected, MeshSpecError } from '../mesh-core/config/errors.ts'
export type { ErrorCode } from '../mesh-core/config/errors.ts'
export type { Resource, ResourceRef } from '../mesh-core/config/resource.ts'
export type { WorkloadRef } from '../mesh-core/ir/cluster.ts'
export type { Decision, Exchange, Hop } from '../mesh-core/ir/exchange.ts'
export type { Origin, Position } from '../mesh-core/ir/origin.ts'
export { Headers } from '../mesh-core/ir/message.ts'
export type { HttpRequest, HttpResponse } from '../mesh-core/ir/message.ts'
export { each, needing } from './checks/check.ts'
export type { Check, CheckContext, ExchangeCheck } from './checks/check.ts'
export { StatementFailed, Undecided } from './verdicts/failure.ts'
export { loadPageChecks } from './sentences/page-checks.ts'
export type { RequestLine } from './sentences/request-line.ts'
export { client, headersOf, inside, messagesOf } from './traffic/sender.ts'
export type { Settings } from './settings.ts'
export { defineTarget } from './targets/define-target.ts'
export type { TargetExport } from './targets/load.ts'
export { capabilities, NotSupported, NotYetProgrammed } from './targets/target.ts'
export type {
  BackendVersion,
  Behaviour,
  Call,
  Capability,
  EchoService,
  GraphEdge,
  Load,
  MeshFacts,
  MeshSession,
  MetricSample,
  PodStatus,
  ScenarioInfo,
  Sender,
  ServiceRef,
  Target,
  Telemetry,
} from './targets/target.ts'
export { verdictMediaType } from './verdicts/verdict.ts'
export type { StatisticalTest, Verdict, VerdictRecord } from './verdicts/verdict.ts'
export { MeshWorld } from './world.ts'
export type { Message } from './traffic/traffic.ts'
export type { ConfigSource } from './config/scenario-config.ts'
