import { describe, expect, test } from 'vitest'
import { answerJson, answerText } from '../answer.ts'
import { getRequest, ScriptedContext } from '../scripted-context.ts'
import { createDetails } from './details.ts'

describe('details v1', () => {
  const book =
    '"author":"William Shakespeare","year":1595,"type":"paperback","pages":200,"publisher":"PublisherA","language":"English","ISBN-10":"1234567890","ISBN-13":"123-1234567890"}'
  test.each([
    ['/details/0', 200, `{"id":0,${book}`],
    ['/details/12?lang=en', 200, `{"id":12,${book}`],
    ['/details/abc', 400, '{"error":"please provide numeric product id"}'],
    ['/details/', 400, '{"error":"please provide numeric product id"}'],
    ['/health', 200, '{"status":"Details is healthy"}'],
    ['/', 404, 'details has no such page'],
  ])('%s is %i', async (path, status, body) => {
    const answer = await createDetails()(getRequest(path), new ScriptedContext())
    expect([answer.status, answer.body]).toEqual([status, body])
  })
})

describe('details v2', () => {
  const volume = {
    authors: ['W. Shakespeare'],
    publishedDate: '2003',
    printType: 'BOOK',
    pageCount: 64,
    publisher: 'Dover',
    language: 'en',
    industryIdentifiers: [
      { type: 'ISBN_10', identifier: '0486424618' },
      { type: 'ISBN_13', identifier: '9780486424613' },
    ],
  }
  const env = { ENABLE_EXTERNAL_BOOK_SERVICE: 'true' }

  test('asks the book service, in plain text when it is told so', async () => {
    const context = new ScriptedContext(() => answerJson(200, JSON.stringify({ items: [{ volumeInfo: volume }] })))
    const answer = await createDetails({ ...env, DO_NOT_ENCRYPT: 'true' })(getRequest('/details/0', { 'x-request-id': 'r1' }), context)
    expect(JSON.parse(answer.body)).toMatchObject({
      id: 0,
      author: 'W. Shakespeare',
      pages: 64,
      type: 'paperback',
      language: 'English',
      'ISBN-10': '0486424618',
    })
    const [call] = context.calls
    expect(call).toMatchObject({ scheme: 'http', authority: 'www.googleapis.com', path: '/books/v1/volumes?q=isbn:0486424618' })
    expect(call!.headers.get('x-request-id')).toBe('r1')
  })

  test.each([
    ['nobody listens', () => 'refused' as const],
    ['not JSON', () => answerText(200, 'hello')],
    ['no volume', () => answerJson(200, '{"items":[]}')],
  ])('is 400 when the book service fails: %s', async (_, script) => {
    const answer = await createDetails(env)(getRequest('/details/0'), new ScriptedContext(script))
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.body)).toHaveProperty('error')
  })

  test('gives up after 5 s', async () => {
    const context = new ScriptedContext(() => 'timeout')
    await createDetails(env)(getRequest('/details/0'), context)
    expect([context.now(), context.calls[0]!.scheme]).toEqual([5000, 'https'])
  })
})
