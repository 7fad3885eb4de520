import { When } from '@cucumber/cucumber'
import type { DataTable } from '@cucumber/cucumber'
import { rowsOf, textOf } from '../support/sentences/below.ts'
import { client, headersOf, inside } from '../support/index.ts'
import type { MeshWorld, RequestLine, ServiceRef } from '../support/index.ts'

When('user {string} opens {string}', async function (this: MeshWorld, user: string, path: string) {
  await this.traffic.openPage(user, path)
})

When('user {string} opens {string} {times}', async function (this: MeshWorld, user: string, path: string, times: number) {
  await this.traffic.openPage(user, path, times)
})

When('someone opens {string}', async function (this: MeshWorld, path: string) {
  await this.traffic.openPage(null, path)
})

When('someone opens {string} {times}', async function (this: MeshWorld, path: string, times: number) {
  await this.traffic.openPage(null, path, times)
})

When('a client sends {request}', async function (this: MeshWorld, request: RequestLine) {
  await this.traffic.send(client, request)
})

When('a client sends {request} with headers:', async function (this: MeshWorld, request: RequestLine, table: DataTable) {
  await this.traffic.send(client, request, { headers: headersOf(rowsOf(table)) })
})

When('a client sends {request} with the body:', async function (this: MeshWorld, request: RequestLine, body: string) {
  await this.traffic.send(client, request, { body: textOf(body) })
})

When('a client sends {request} {times}', async function (this: MeshWorld, request: RequestLine, times: number) {
  await this.traffic.send(client, request, {}, { times, concurrency: 1 })
})

When('a client sends {request} {times} with headers:', async function (this: MeshWorld, request: RequestLine, times: number, table: DataTable) {
  await this.traffic.send(client, request, { headers: headersOf(rowsOf(table)) }, { times, concurrency: 1 })
})

When('a client sends {request} {times} with the body:', async function (this: MeshWorld, request: RequestLine, times: number, body: string) {
  await this.traffic.send(client, request, { body: textOf(body) }, { times, concurrency: 1 })
})

When('a client sends {request} {times}, {int} at once', async function (this: MeshWorld, request: RequestLine, times: number, concurrency: number) {
  await this.traffic.send(client, request, {}, { times, concurrency })
})

When(
  'a client sends {request} {times}, {int} at once with headers:',
  async function (this: MeshWorld, request: RequestLine, times: number, concurrency: number, table: DataTable) {
    await this.traffic.send(client, request, { headers: headersOf(rowsOf(table)) }, { times, concurrency })
  },
)

When(
  'a client sends {request} {times}, {int} at once with the body:',
  async function (this: MeshWorld, request: RequestLine, times: number, concurrency: number, body: string) {
    await this.traffic.send(client, request, { body: textOf(body) }, { times, concurrency })
  },
)

When('{service} sends {request}', async function (this: MeshWorld, from: ServiceRef, request: RequestLine) {
  await this.traffic.send(inside(from), request)
})

When('{service} sends {request} with headers:', async function (this: MeshWorld, from: ServiceRef, request: RequestLine, table: DataTable) {
  await this.traffic.send(inside(from), request, { headers: headersOf(rowsOf(table)) })
})

When('{service} sends {request} with the body:', async function (this: MeshWorld, from: ServiceRef, request: RequestLine, body: string) {
  await this.traffic.send(inside(from), request, { body: textOf(body) })
})

When('{service} sends {request} {times}', async function (this: MeshWorld, from: ServiceRef, request: RequestLine, times: number) {
  await this.traffic.send(inside(from), request, {}, { times, concurrency: 1 })
})

When(
  '{service} sends {request} {times} with headers:',
  async function (this: MeshWorld, from: ServiceRef, request: RequestLine, times: number, table: DataTable) {
    await this.traffic.send(inside(from), request, { headers: headersOf(rowsOf(table)) }, { times, concurrency: 1 })
  },
)

When(
  '{service} sends {request} {times} with the body:',
  async function (this: MeshWorld, from: ServiceRef, request: RequestLine, times: number, body: string) {
    await this.traffic.send(inside(from), request, { body: textOf(body) }, { times, concurrency: 1 })
  },
)

When(
  '{service} sends {request} {times}, {int} at once',
  async function (this: MeshWorld, from: ServiceRef, request: RequestLine, times: number, concurrency: number) {
    await this.traffic.send(inside(from), request, {}, { times, concurrency })
  },
)

When(
  '{service} sends {request} {times}, {int} at once with headers:',
  async function (this: MeshWorld, from: ServiceRef, request: RequestLine, times: number, concurrency: number, table: DataTable) {
    await this.traffic.send(inside(from), request, { headers: headersOf(rowsOf(table)) }, { times, concurrency })
  },
)

When(
  '{service} sends {request} {times}, {int} at once with the body:',
  async function (this: MeshWorld, from: ServiceRef, request: RequestLine, times: number, concurrency: number, body: string) {
    await this.traffic.send(inside(from), request, { body: textOf(body) }, { times, concurrency })
  },
)
