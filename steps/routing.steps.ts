import { Then } from '@cucumber/cucumber'
import { sameEndpointPer } from '../support/checks/affinity.ts'
import { takesPath } from '../support/checks/path.ts'
import { reaches, reachesNot } from '../support/checks/reach.ts'
import { received, receivesHeader, receivesNoHeader, receivesRequest } from '../support/checks/received.ts'
import type { MeshWorld, RequestLine, ServiceRef } from '../support/index.ts'

Then('the request reaches {service}', function (this: MeshWorld, service: ServiceRef) {
  this.expect(reaches(service), [service])
})

Then('the request does not reach {service}', function (this: MeshWorld, service: ServiceRef) {
  this.expect(reachesNot(service), [service])
})

Then('all requests reach {service}', function (this: MeshWorld, service: ServiceRef) {
  this.expect(reaches(service), [service])
})

Then('the request takes the path {string}', function (this: MeshWorld, path: string) {
  this.expect(takesPath(path))
})

Then(
  'the request reaches {service} with header {string} set to {string}',
  function (this: MeshWorld, service: ServiceRef, name: string, value: string) {
    this.expect(receivesHeader(service, name, value), [service])
  },
)

Then('the request reaches {service} without header {string}', function (this: MeshWorld, service: ServiceRef, name: string) {
  this.expect(receivesNoHeader(service, name), [service])
})

Then('the request reaches {service} as {request}', function (this: MeshWorld, service: ServiceRef, request: RequestLine) {
  this.expect(receivesRequest(service, request), [service])
})

Then('{service} received {requests}', function (this: MeshWorld, service: ServiceRef, requests: number) {
  this.expect(received(service, requests), [service])
})

Then('every request from the same {string} reaches the same endpoint', function (this: MeshWorld, header: string) {
  this.expect(sameEndpointPer(header))
})
