import { Then } from '@cucumber/cucumber'
import { bodyContains, bodyContainsNot, getsNoAnswer, headerIs, headerIsAbsent, redirectsTo, statusIs } from '../support/checks/response.ts'
import type { MeshWorld } from '../support/index.ts'

Then('the response status is {int}', function (this: MeshWorld, status: number) {
  this.expect(statusIs(status))
})

Then('the response status is {int} or {int}', function (this: MeshWorld, one: number, other: number) {
  this.expect(statusIs(one, other))
})

Then('the response header {string} is {string}', function (this: MeshWorld, name: string, value: string) {
  this.expect(headerIs(name, value))
})

Then('the response header {string} is absent', function (this: MeshWorld, name: string) {
  this.expect(headerIsAbsent(name))
})

Then('the response body contains {string}', function (this: MeshWorld, text: string) {
  this.expect(bodyContains(text))
})

Then('the response body does not contain {string}', function (this: MeshWorld, text: string) {
  this.expect(bodyContainsNot(text))
})

Then('the request is redirected to {string}', function (this: MeshWorld, location: string) {
  this.expect(redirectsTo(location, null))
})

Then('the request is redirected to {string} with status {int}', function (this: MeshWorld, location: string, status: number) {
  this.expect(redirectsTo(location, status))
})

Then('the request gets no answer', function (this: MeshWorld) {
  this.expect(getsNoAnswer())
})
