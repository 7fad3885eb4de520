import { When } from '@cucumber/cucumber'
import { client, inside } from '../support/index.ts'
import type { MeshWorld, ServiceRef } from '../support/index.ts'

When('a client sends {string} over TCP to port {int}', async function (this: MeshWorld, text: string, port: number) {
  await this.traffic.sendBytes(client, `tcp://gateway:${port}`, text)
})

When('a client sends {string} over TCP to port {int} {times}', async function (this: MeshWorld, text: string, port: number, times: number) {
  await this.traffic.sendBytes(client, `tcp://gateway:${port}`, text, times)
})

When('{service} sends {string} over TCP to {string}', async function (this: MeshWorld, from: ServiceRef, text: string, authority: string) {
  await this.traffic.sendBytes(inside(from), `tcp://${authority}`, text)
})

When(
  '{service} sends {string} over TCP to {string} {times}',
  async function (this: MeshWorld, from: ServiceRef, text: string, authority: string, times: number) {
    await this.traffic.sendBytes(inside(from), `tcp://${authority}`, text, times)
  },
)
