import { Given, Then, When } from '@cucumber/cucumber'
import { arrivesByTls, arrivesWithoutTls } from '../support/checks/arrival.ts'
import { client } from '../support/index.ts'
import type { MeshWorld, RequestLine, ServiceRef } from '../support/index.ts'

Given('the TLS secret {string} for {string}', async function (this: MeshWorld, secret: string, names: string) {
  await this.config.giveTlsSecret(secret, names, { trusted: true, namespace: null })
})

Given(
  'the TLS secret {string} for {string} in namespace {string}',
  async function (this: MeshWorld, secret: string, names: string, namespace: string) {
    await this.config.giveTlsSecret(secret, names, { trusted: true, namespace })
  },
)

Given('the TLS secret {string} for {string} from an authority that nobody trusts', async function (this: MeshWorld, secret: string, names: string) {
  await this.config.giveTlsSecret(secret, names, { trusted: false, namespace: null })
})

Given(
  'the TLS secret {string} for {string} that revokes the certificate {string}',
  async function (this: MeshWorld, secret: string, names: string, certificate: string) {
    await this.config.giveTlsSecret(secret, names, { trusted: true, namespace: null, revokes: certificate })
  },
)

Given('{service} shows a certificate for {string}', async function (this: MeshWorld, service: ServiceRef, names: string) {
  await this.application.giveCertificate(service, names, { trusted: true, asks: false })
})

Given('{service} shows a certificate for {string} and asks clients for theirs', async function (this: MeshWorld, service: ServiceRef, names: string) {
  await this.application.giveCertificate(service, names, { trusted: true, asks: true })
})

Given(
  '{service} shows a certificate for {string} from an authority that nobody trusts',
  async function (this: MeshWorld, service: ServiceRef, names: string) {
    await this.application.giveCertificate(service, names, { trusted: false, asks: false })
  },
)

Then('the request arrives by TLS for {string}', function (this: MeshWorld, serverName: string) {
  this.expect(arrivesByTls(serverName, null))
})

Then('the request arrives by TLS for {string} with the certificate {string}', function (this: MeshWorld, serverName: string, certificate: string) {
  this.expect(arrivesByTls(serverName, certificate))
})

Then('the request arrives without TLS', function (this: MeshWorld) {
  this.expect(arrivesWithoutTls())
})

When('a client with the certificate {string} sends {request}', async function (this: MeshWorld, certificate: string, request: RequestLine) {
  await this.traffic.send(client, request, { certificate })
})
