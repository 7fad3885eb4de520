import { Then } from '@cucumber/cucumber'
import type { DataTable } from '@cucumber/cucumber'
import type { MeshWorld, ServiceRef } from '../support/index.ts'

const noMetrics = 'mesh-core has no telemetry yet, and no target reads Prometheus'
const noTraces = 'mesh-core has no telemetry yet, and no target reads traces'
const noIdentity = 'no target shows the identities of workloads or how connections are secured yet'

Then('the metric {word} is {float} for:', function (this: MeshWorld, _name: string, _value: number, _labels: DataTable) {
  this.unsupported('telemetry', noMetrics)
})

Then('the query {string} gives exactly {float}', function (this: MeshWorld, _query: string, _value: number) {
  this.unsupported('telemetry', noMetrics)
})

Then('the query {string} gives more than {float}', function (this: MeshWorld, _query: string, _value: number) {
  this.unsupported('telemetry', noMetrics)
})

Then('the query {string} gives between {float} and {float}', function (this: MeshWorld, _query: string, _from: number, _to: number) {
  this.unsupported('telemetry', noMetrics)
})

Then('the query {string} gives no data', function (this: MeshWorld, _query: string) {
  this.unsupported('telemetry', noMetrics)
})

Then('a trace shows:', function (this: MeshWorld, _spans: DataTable) {
  this.unsupported('telemetry', noTraces)
})

Then('the service graph has the edge {string}', function (this: MeshWorld, _edge: string) {
  this.unsupported('telemetry', 'mesh-core has no telemetry yet, so there is no service graph')
})

Then('the connection from {service} to {service} uses mutual TLS', function (this: MeshWorld, _from: ServiceRef, _to: ServiceRef) {
  this.unsupported('telemetry', noIdentity)
})

Then('the identity of {service} is {string}', function (this: MeshWorld, _service: ServiceRef, _identity: string) {
  this.unsupported('telemetry', noIdentity)
})
