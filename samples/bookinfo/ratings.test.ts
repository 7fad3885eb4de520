import { describe, expect, test } from 'vitest'
import { answerJson } from '../answer.ts'
import { getRequest, ScriptedContext } from '../scripted-context.ts'
import type { Script } from '../scripted-context.ts'
import { createRatings } from './ratings.ts'

const defaults = '{"id":0,"ratings":{"Reviewer1":5,"Reviewer2":4}}'
const post = (path: string, body: string) => ({ ...getRequest(path), method: 'POST', body })

describe('v1', () => {
  test.each([
    ['/ratings/0', 200, defaults],
    ['/ratings/none', 400, '{"error":"please provide numeric product ID"}'],
    ['/health', 200, '{"status":"Ratings is healthy"}'],
    ['/', 404, 'ratings has no such page'],
  ])('%s is %i', async (path, status, body) => {
    const answer = await createRatings()(getRequest(path), new ScriptedContext())
    expect([answer.status, answer.body]).toEqual([status, body])
  })

  test('remembers what is posted, in this replica only', async () => {
    const [one, other] = [createRatings(), createRatings()]
    const context = new ScriptedContext()
    expect((await one(post('/ratings/0', '{"Reviewer1":1}'), context)).body).toBe('{"id":0,"ratings":{"Reviewer1":1}}')
    expect((await one(getRequest('/ratings/0'), context)).body).toBe('{"id":0,"ratings":{"Reviewer1":1}}')
    expect((await other(getRequest('/ratings/0'), context)).body).toBe(defaults)
    expect((await one(getRequest('/ratings/1'), context)).body).toBe(defaults.replace('0', '1'))
  })

  test.each([
    ['/ratings/0', 'not json', 400, '{"error":"please provide valid ratings JSON"}'],
    ['/ratings/x', '{}', 400, '{"error":"please provide numeric product ID"}'],
  ])('POST %s with %s', async (path, body, status, text) => {
    const answer = await createRatings()(post(path, body), new ScriptedContext())
    expect([answer.status, answer.body]).toEqual([status, text])
  })
})

describe('v2', () => {
  const mongo = { SERVICE_VERSION: 'v2' }
  const mysql = { SERVICE_VERSION: 'v2', DB_TYPE: 'mysql', MYSQL_DB_HOST: 'db', MYSQL_DB_PORT: '3307' }
  const rows: Script = () => answerJson(200, '[{"rating":5},{"rating":4}]')
  const table: [string, Record<string, string>, Script, string, number, string][] = [
    ['MongoDB', mongo, rows, 'mongodb:27017', 200, defaults],
    ['MongoDB at a URL', { ...mongo, MONGO_DB_URL: 'mongodb://m:1/test' }, rows, 'm:1', 200, defaults],
    ['MySQL', mysql, rows, 'db:3307', 200, defaults],
    ['no MongoDB', mongo, () => 'refused', 'mongodb:27017', 500, '{"error":"could not connect to ratings database"}'],
    ['no MySQL, told as 200', mysql, () => 'refused', 'db:3307', 200, '{"error":"could not connect to ratings database"}'],
    ['an ill MongoDB', mongo, () => answerJson(500, ''), 'mongodb:27017', 500, '{"error":"could not load ratings from database"}'],
    ['an ill MySQL', mysql, () => answerJson(500, ''), 'db:3307', 500, '{"error":"could not perform select"}'],
  ]
  test.each(table)('%s', async (_, env, script, authority, status, body) => {
    const context = new ScriptedContext(script)
    const answer = await createRatings(env)(getRequest('/ratings/0'), context)
    expect([context.calls[0]!.authority, answer.status, answer.body]).toEqual([authority, status, body])
  })

  test('takes no posts', async () => {
    expect((await createRatings(mongo)(post('/ratings/0', '{}'), new ScriptedContext())).status).toBe(501)
  })
})

describe('ill versions', () => {
  test('v-faulty fails every other request, by chance', async () => {
    const context = new ScriptedContext(undefined, { draws: [0.49, 0.5, 0.1] })
    const faulty = createRatings({ SERVICE_VERSION: 'v-faulty' })
    const statuses = [0, 1, 2].map(async () => (await faulty(getRequest('/ratings/0'), context)).status)
    expect(await Promise.all(statuses)).toEqual([503, 200, 503])
  })

  test('v-delayed answers every other request after 7 s', async () => {
    const context = new ScriptedContext(undefined, { draws: [0.49, 0.5] })
    const delayed = createRatings({ SERVICE_VERSION: 'v-delayed' })
    expect((await delayed(getRequest('/ratings/0'), context)).body).toBe(defaults)
    expect(context.now()).toBe(7000)
    await delayed(getRequest('/ratings/0'), context)
    expect(context.now()).toBe(7000)
  })

  test.each([
    [0, 200],
    [59_999, 200],
    [60_000, 503],
    [119_999, 503],
    [120_000, 200],
  ])('v-unavailable at %i ms is %i', async (ms, status) => {
    const context = new ScriptedContext()
    await context.sleep(1000 + ms)
    expect((await createRatings({ SERVICE_VERSION: 'v-unavailable' }, 1000)(getRequest('/ratings/0'), context)).status).toBe(status)
  })

  test.each([
    [0, [200, 200]],
    [15 * 60_000, [503, 500]],
    [30 * 60_000, [200, 200]],
  ])('v-unhealthy at %i ms: ratings, health', async (ms, statuses) => {
    const context = new ScriptedContext()
    await context.sleep(ms)
    const unhealthy = createRatings({ SERVICE_VERSION: 'v-unhealthy' })
    expect([(await unhealthy(getRequest('/ratings/0'), context)).status, (await unhealthy(getRequest('/health'), context)).status]).toEqual(statuses)
  })
})
