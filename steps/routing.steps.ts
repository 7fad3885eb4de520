import { Then } from '@cucumber/cucumber'
import { sameEndpointPer } from '../support/checks/affinity.ts'
import { takesPath } from '../support/checks/path.ts'
import { reaches, reachesNot } from '../support/checks/reach.ts'
import { received, receivesHeader, receivesNoHeader, receivesRequest } from '../support/checks/received.ts'
import type { MeshWorld, RequestLine, ServiceRef } from '../support/index.ts'

Then('the request reaches {service}', function (this: MeshWorld, service: ServiceRef) {
  this.expectOf(service, (meant) => reaches(meant))
})

Then('the request does not reach {service}', function (this: MeshWorld, service: ServiceRef) {
  this.expectOf(service, (meant) => reachesNot(meant))
})

Then('all requests reach {service}', function (this: MeshWorld, service: ServiceRef) {
  this.expectOf(service, (meant) => reaches(meant))
})

Then('the request takes the path {string}', function (this: MeshWorld, path: string) {
  this.expect(takesPath(path, (service) => this.meant(service)))
})

Then(
  'the request reaches {service} with header {string} set to {string}',
  function (this: MeshWorld, service: ServiceRef, name: string, value: string) {
    this.expectOf(service, (meant) => receivesHeader(meant, name, value))
  },
)

Then('the request reaches {service} without header {string}', function (this: MeshWorld, service: ServiceRef, name: string) {
  this.expectOf(service, (meant) => receivesNoHeader(meant, name))
})

Then('the request reaches {service} as {request}', function (this: MeshWorld, service: ServiceRef, request: RequestLine) {
  this.expectOf(service, (meant) => receivesRequest(meant, request))
})

Then('{service} received {requests}', function (this: MeshWorld, service: ServiceRef, requests: number) {
  this.expectOf(service, (meant) => received(meant, requests))
})

Then('every request from the same {string} reaches the same endpoint', function (this: MeshWorld, header: string) {
  this.expect(sameEndpointPer(header))
})
