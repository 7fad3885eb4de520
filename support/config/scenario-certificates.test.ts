import { X509Certificate } from 'node:crypto'
import { expect, it } from 'vitest'
import { ScenarioCertificates } from './scenario-certificates.ts'

it('keys of one scenario serve the next', async () => {
  const [first, second] = [new ScenarioCertificates(), new ScenarioCertificates()]
  expect(await second.server('shop.example, www.shop.example', true)).toBe(await first.server('shop.example, www.shop.example', true))
  expect(await second.server('shop.example', false)).toBe(await first.server('shop.example', false))
  expect(await second.ofClient('anna')).toBe(await first.ofClient('anna'))
})

it('a scenario that asks once more gets another certificate', async () => {
  const certificates = new ScenarioCertificates()
  const [before, after] = [await certificates.server('shop.example', true), await certificates.server('shop.example', true)]
  expect(after.certificateChain).not.toBe(before.certificateChain)
  expect(after.privateKey).not.toBe(before.privateKey)
})

it('each stranger among authorities is another one, and none is trusted', async () => {
  const certificates = new ScenarioCertificates()
  const trusted = new X509Certificate(await certificates.authority())
  const authorities = []
  for (let i = 0; i < 2; i++) {
    const { certificateChain } = await certificates.server('shop.example', false)
    authorities.push(certificateChain.slice(certificateChain.lastIndexOf('-----BEGIN')))
    expect(new X509Certificate(certificateChain).checkIssued(trusted)).toBe(false)
  }
  expect(authorities[0]).not.toBe(authorities[1])
})

it('clients trust an authority once a certificate was asked for', async () => {
  const certificates = new ScenarioCertificates()
  expect(certificates.client(null)).toEqual({})
  await certificates.server('shop.example', true)
  expect(certificates.client(null)).toEqual({ trusts: await certificates.authority() })
})
