import { Given, Then, When } from '@cucumber/cucumber'
import type { DataTable } from '@cucumber/cucumber'
import { rowsOf } from '../support/sentences/below.ts'
import { grpcMessageIs, grpcStatusIs, streamAnswers } from '../support/checks/stream.ts'
import { grpcStatuses } from '../support/sentences/grpc-status.ts'
import type { GrpcStatus } from '../support/sentences/grpc-status.ts'
import { client, headersOf, inside, messagesOf } from '../support/index.ts'
import type { MeshWorld, ServiceRef } from '../support/index.ts'

Given('{service} answers the gRPC status {grpcStatus}', async function (this: MeshWorld, service: ServiceRef, status: GrpcStatus) {
  await this.application.behave({ kind: 'grpc-status', service, status: grpcStatuses.indexOf(status), first: null })
})

Given(
  '{service} answers the gRPC status {grpcStatus} to the first {requests}',
  async function (this: MeshWorld, service: ServiceRef, status: GrpcStatus, first: number) {
    await this.application.behave({ kind: 'grpc-status', service, status: grpcStatuses.indexOf(status), first })
  },
)

When('a client calls {string} with the message {string}', async function (this: MeshWorld, target: string, message: string) {
  await this.traffic.callGrpc(client, target, [message])
})

When('a client calls {string} with the messages:', async function (this: MeshWorld, target: string, table: DataTable) {
  await this.traffic.callGrpc(client, target, messagesOf(rowsOf(table)))
})

When('{service} calls {string} with the message {string}', async function (this: MeshWorld, from: ServiceRef, target: string, message: string) {
  await this.traffic.callGrpc(inside(from), target, [message])
})

When(
  '{service} calls {string} with the message {string} and headers:',
  async function (this: MeshWorld, from: ServiceRef, target: string, message: string, table: DataTable) {
    await this.traffic.callGrpc(inside(from), target, [message], headersOf(rowsOf(table)))
  },
)

When(
  '{service} calls {string} with the message {string} {times}',
  async function (this: MeshWorld, from: ServiceRef, target: string, message: string, times: number) {
    await this.traffic.callGrpc(inside(from), target, [message], {}, times)
  },
)

When('{service} calls {string} with the messages:', async function (this: MeshWorld, from: ServiceRef, target: string, table: DataTable) {
  await this.traffic.callGrpc(inside(from), target, messagesOf(rowsOf(table)))
})

When('a client opens a WebSocket to {string} and sends {string}', async function (this: MeshWorld, target: string, message: string) {
  await this.traffic.openWebSocket(client, target, [message])
})

When('a client opens a WebSocket to {string} and sends:', async function (this: MeshWorld, target: string, table: DataTable) {
  await this.traffic.openWebSocket(client, target, messagesOf(rowsOf(table)))
})

When(
  '{service} opens a WebSocket to {string} and sends {string}',
  async function (this: MeshWorld, from: ServiceRef, target: string, message: string) {
    await this.traffic.openWebSocket(inside(from), target, [message])
  },
)

When('{service} opens a WebSocket to {string} and sends:', async function (this: MeshWorld, from: ServiceRef, target: string, table: DataTable) {
  await this.traffic.openWebSocket(inside(from), target, messagesOf(rowsOf(table)))
})

Then('the gRPC status is {grpcStatus}', function (this: MeshWorld, status: GrpcStatus) {
  this.expect(grpcStatusIs(status))
})

Then('the gRPC status is {grpcStatus} or {grpcStatus}', function (this: MeshWorld, one: GrpcStatus, other: GrpcStatus) {
  this.expect(grpcStatusIs(one, other))
})

Then('the gRPC message is {string}', function (this: MeshWorld, message: string) {
  this.expect(grpcMessageIs(message))
})

Then('the stream answers {string}', function (this: MeshWorld, message: string) {
  this.expect(streamAnswers([message]))
})

Then('the stream answers:', function (this: MeshWorld, table: DataTable) {
  this.expect(streamAnswers(messagesOf(rowsOf(table))))
})
