import { Given, When } from '@cucumber/cucumber'
import { client } from '../support/index.ts'
import type { MeshWorld, RequestLine } from '../support/index.ts'

Given('the TLS secret {string} for {string}', async function (this: MeshWorld, secret: string, names: string) {
  await this.giveTlsSecret(secret, names, true)
})

Given('the TLS secret {string} for {string} from an authority that nobody trusts', async function (this: MeshWorld, secret: string, names: string) {
  await this.giveTlsSecret(secret, names, false)
})

When('a client with the certificate {string} sends {request}', async function (this: MeshWorld, certificate: string, request: RequestLine) {
  await this.send(client, request, { certificate })
})
