import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { CertificateAuthority } from '../mesh-core/identity/certificate-authority.ts'
import { listen } from './webhook.ts'
import { type AdmissionResponse, review } from './webhook/review.ts'

const virtualService = (spec: unknown): unknown => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: 'reviews', namespace: 'shop' },
  spec,
})
const route = [{ route: [{ destination: { host: 'reviews' } }] }]
const asked = (object: unknown, more = {}): string =>
  JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: { uid: 'u1', operation: 'CREATE', object, ...more } })
const answerTo = async (body: string): Promise<AdmissionResponse | undefined> => (await review(body))?.response

describe('an object is judged as validate judges it', () => {
  test('what is in order is allowed', async () =>
    expect(await answerTo(asked(virtualService({ hosts: ['reviews'], http: route })))).toEqual({ uid: 'u1', allowed: true }))
  test('what istiod refuses is refused, with the field and the reason', async () => {
    const answer = await answerTo(asked(virtualService({ hosts: ['reviews'], http: [{ ...route[0], timeout: 'fast' }] })))
    expect(answer).toMatchObject({ uid: 'u1', allowed: false, status: { code: 422, reason: 'Invalid' } })
    expect(answer?.status?.message).toMatch(/^INVALID_DURATION spec\.http\[0\]\.timeout: /)
  })
  test('what istiod accepts is a warning', async () =>
    expect(await answerTo(asked(virtualService({ hosts: ['reviews'], http: [...route, ...route] })))).toMatchObject({
      allowed: true,
      warnings: [expect.stringMatching(/^DEAD_RULE spec\.http\[1\]: no request comes to this rule: http\[0\] takes all that it matches/)],
    }))
  test('a deletion is allowed', async () => expect((await answerTo(asked(null, { operation: 'DELETE' })))?.allowed).toBe(true))
  test('a foreign kind is allowed', async () =>
    expect((await answerTo(asked({ apiVersion: 'example.com/v1', kind: 'Shop', metadata: { name: 'a' }, spec: {} })))?.allowed).toBe(true))
  test.each(['', '[]', '{"kind":"AdmissionReview"}', '{"kind":"Pod","request":{"uid":"1"}}'])('%j is no review', async (body) =>
    expect(await review(body)).toBeNull(),
  )
})

describe('over https', () => {
  const folder = mkdtempSync(join(tmpdir(), 'meshspec-webhook-'))
  const files = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key'), port: '0', host: '127.0.0.1' }
  let ca = ''
  beforeAll(async () => {
    const authority = await CertificateAuthority.create('test')
    const { certificateChain, privateKey } = await authority.issue({ dnsNames: ['localhost'] })
    ca = authority.certificate
    writeFileSync(files.cert, certificateChain)
    writeFileSync(files.key, privateKey)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('an API server is answered', async () => {
    const server = await listen(files)
    const { port } = server.address() as AddressInfo
    try {
      const { status, body } = await post(port, ca, asked(virtualService({ hosts: [] })))
      expect(status).toBe(200)
      expect(JSON.parse(body)).toMatchObject({ kind: 'AdmissionReview', response: { uid: 'u1', allowed: false } })
      expect(await post(port, ca, 'none')).toMatchObject({ status: 400 })
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  test('a review that fails is answered, and the next one is judged', async () => {
    const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    let fails = true
    const server = await listen(files, (body) => {
      if (fails) throw new Error('out of order')
      return review(body)
    })
    const { port } = server.address() as AddressInfo
    try {
      expect(await post(port, ca, asked(null))).toEqual({ status: 500, body: 'the review failed\n' })
      expect(told).toHaveBeenCalledWith('out of order\n')
      fails = false
      expect(await post(port, ca, asked(null))).toMatchObject({ status: 200 })
    } finally {
      told.mockRestore()
      server.closeAllConnections()
      server.close()
    }
  })

  test('a port that is none, or is in use', async () => {
    await expect(listen({ ...files, port: '99999' })).rejects.toThrow(/^INVALID_SETTING --port is 99999\n.*ports go from 0 to 65535/)
    await expect(listen({ ...files, port: 'x' })).rejects.toThrow(/^INVALID_SETTING --port is "x"/)
    const server = await listen(files)
    try {
      const { port } = server.address() as AddressInfo
      await expect(listen({ ...files, port: String(port) })).rejects.toThrow(`INVALID_SETTING port ${port} is in use`)
    } finally {
      server.close()
    }
  })

  test('a certificate that is none is a mistake with a hint', async () => {
    writeFileSync(join(folder, 'none'), 'none')
    await expect(listen({ ...files, cert: join(folder, 'none') })).rejects.toThrow(/^INVALID_SETTING --cert /)
  })
})

function post(port: number, ca: string, body: string): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', servername: 'localhost', port, ca, method: 'POST', path: '/validate' }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') }))
    })
    call.on('error', reject)
    call.end(body)
  })
}
