import { defineParameterType } from '@cucumber/cucumber'
import { durationPattern, parseDuration } from './sentences/duration.ts'
import { grpcStatusPattern } from './sentences/grpc-status.ts'
import type { GrpcStatus } from './sentences/grpc-status.ts'
import { requestLine, requestLinePattern } from './sentences/request-line.ts'
import { parseServiceRef, serviceRefPattern } from './sentences/service-ref.ts'

// Words of all kinds look like a service, so a snippet for an undefined step never guesses one.
defineParameterType({ name: 'service', regexp: serviceRefPattern, transformer: parseServiceRef, useForSnippets: false })

defineParameterType({ name: 'duration', regexp: durationPattern, transformer: parseDuration })

defineParameterType({ name: 'percent', regexp: /(\d+(?:\.\d+)?)%/, transformer: (percent: string) => Number(percent) / 100 })

defineParameterType({ name: 'times', regexp: /(\d+) times?/, transformer: Number })

defineParameterType({ name: 'requests', regexp: /(\d+) requests?/, transformer: Number })

defineParameterType({ name: 'request', regexp: requestLinePattern, transformer: requestLine })

defineParameterType({ name: 'grpcStatus', regexp: grpcStatusPattern, transformer: (status: string) => status as GrpcStatus })
