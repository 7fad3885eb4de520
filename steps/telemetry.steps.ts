import { Then } from '@cucumber/cucumber'
import type { DataTable } from '@cucumber/cucumber'
import { rowsOf } from '../support/sentences/below.ts'
import { hasIdentity, usesMutualTls } from '../support/checks/mutual-tls.ts'
import {
  graphHasEdge,
  labelsOf,
  metricIs,
  queryGivesBetween,
  queryGivesExactly,
  queryGivesLessThan,
  queryGivesMoreThan,
  queryGivesNothing,
  someTraceShows,
} from '../support/checks/telemetry.ts'
import type { MeshWorld, ServiceRef } from '../support/index.ts'

Then('the metric {word} is {float} for:', async function (this: MeshWorld, name: string, value: number, labels: DataTable) {
  await this.expectTelemetry(metricIs(name, value, labelsOf(rowsOf(labels))))
})

Then('the query {string} gives exactly {float}', async function (this: MeshWorld, query: string, value: number) {
  await this.expectTelemetry(queryGivesExactly(query, value))
})

Then('the query {string} gives more than {float}', async function (this: MeshWorld, query: string, value: number) {
  await this.expectTelemetry(queryGivesMoreThan(query, value))
})

Then('the query {string} gives less than {float}', async function (this: MeshWorld, query: string, value: number) {
  await this.expectTelemetry(queryGivesLessThan(query, value))
})

Then('the query {string} gives between {float} and {float}', async function (this: MeshWorld, query: string, from: number, to: number) {
  await this.expectTelemetry(queryGivesBetween(query, from, to))
})

Then('the query {string} gives no data', async function (this: MeshWorld, query: string) {
  await this.expectTelemetry(queryGivesNothing(query))
})

Then('a trace shows:', async function (this: MeshWorld, spans: DataTable) {
  await this.expectTelemetry(someTraceShows(rowsOf(spans), (service) => this.meant(service)))
})

Then('the service graph has the edge {string}', async function (this: MeshWorld, edge: string) {
  await this.expectTelemetry(graphHasEdge(edge, (service) => this.meant(service)))
})

Then('the connection from {service} to {service} uses mutual TLS', function (this: MeshWorld, from: ServiceRef, to: ServiceRef) {
  const [sender, receiver] = [this.meant(from), this.meant(to)]
  this.expect(usesMutualTls(sender, receiver), [sender, receiver])
})

Then('the identity of {service} is {string}', function (this: MeshWorld, service: ServiceRef, identity: string) {
  this.expectOf(service, (meant) => hasIdentity(meant, identity))
})
