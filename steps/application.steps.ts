import { Given, Then, When } from '@cucumber/cucumber'
import type { DataTable } from '@cucumber/cucumber'
import { recordsOf, rowsOf } from '../support/sentences/below.ts'
import { podsAre } from '../support/checks/pods.ts'
import type { MeshWorld, ServiceRef } from '../support/index.ts'

Given('the Bookinfo application', async function (this: MeshWorld) {
  await this.application.deployBookinfo('default')
})

Given('the Bookinfo application in namespace {string}', async function (this: MeshWorld, namespace: string) {
  await this.application.deployBookinfo(namespace)
})

Given('the services:', async function (this: MeshWorld, table: DataTable) {
  await this.application.deployEcho(rowsOf(table))
})

Given('the services that the config names', async function (this: MeshWorld) {
  await this.application.deployServicesNamed()
})

Given('namespace {string} has no sidecars', async function (this: MeshWorld, namespace: string) {
  await this.application.setSidecars(namespace, false)
})

Given('namespace {string} has the label {string}', async function (this: MeshWorld, namespace: string, label: string) {
  await this.config.labelNamespace(namespace, label)
})

Given('the services of the Consul catalogue {string}', async function (this: MeshWorld, url: string) {
  await this.application.readConsul(url)
})

When('the Consul catalogue changes within {duration}', async function (this: MeshWorld, waitMs: number) {
  await this.application.awaitConsul(waitMs)
})

Given('{service} takes {duration} to answer', async function (this: MeshWorld, service: ServiceRef, ms: number) {
  await this.application.behave({ kind: 'delay', service, ms })
})

Given('{service} answers {int}', async function (this: MeshWorld, service: ServiceRef, status: number) {
  await this.application.behave({ kind: 'status', service, status, first: null, endpoint: null })
})

Given('{service} answers {int} to the first {requests}', async function (this: MeshWorld, service: ServiceRef, status: number, first: number) {
  await this.application.behave({ kind: 'status', service, status, first, endpoint: null })
})

Given('endpoint {int} of {service} answers {int}', async function (this: MeshWorld, endpoint: number, service: ServiceRef, status: number) {
  await this.application.behave({ kind: 'status', service, status, first: null, endpoint })
})

Given('{service} has no healthy endpoints', async function (this: MeshWorld, service: ServiceRef) {
  await this.application.behave({ kind: 'readiness', service, endpoint: null, ready: false })
})

When('{service} has healthy endpoints again', async function (this: MeshWorld, service: ServiceRef) {
  await this.application.behave({ kind: 'readiness', service, endpoint: null, ready: true })
})

When('endpoint {int} of {service} is not ready', async function (this: MeshWorld, endpoint: number, service: ServiceRef) {
  await this.application.behave({ kind: 'readiness', service, endpoint, ready: false })
})

When('endpoint {int} of {service} is ready again', async function (this: MeshWorld, endpoint: number, service: ServiceRef) {
  await this.application.behave({ kind: 'readiness', service, endpoint, ready: true })
})

When('{service} is scaled to {int} replica(s)', async function (this: MeshWorld, service: ServiceRef, replicas: number) {
  await this.application.behave({ kind: 'replicas', service, replicas })
})

Given('the seed {int}', async function (this: MeshWorld, seed: number) {
  await this.mesh.reseed(seed)
})

Then('the pods are:', async function (this: MeshWorld, table: DataTable) {
  podsAre(recordsOf(table), await this.application.pods())
})
