import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { query } from './evaluate.ts'
import type { Series, SeriesSource } from './evaluate.ts'
import type { Labels, Sample } from './value.ts'

/** Values at each second of two minutes. */
const seconds: readonly (readonly [Labels, (s: number) => number])[] = [
  [{ __name__: 'req_total', code: '200', pod: 'a', ns: 'x' }, (s) => s * 2],
  [{ __name__: 'req_total', code: '500', pod: 'a', ns: 'x' }, (s) => Math.floor(s / 3)],
  // Begins anew in the middle.
  [{ __name__: 'req_total', code: '200', pod: 'b', ns: 'x' }, (s) => (s < 60 ? s * 5 : (s - 60) * 5)],
  [{ __name__: 'req_total', code: '200', pod: 'c', ns: 'y' }, (s) => Math.max(0, (s - 90) * 1.5)],
  [{ __name__: 'weight', pod: 'a' }, () => 3],
  [{ __name__: 'weight', pod: 'b' }, () => -2],
  [{ __name__: 'info', pod: 'a', team: 'red' }, () => 1],
  [{ __name__: 'info', pod: 'b', team: 'blue' }, () => 1],
  ...(['10', '50', '100', '+Inf'] as const).flatMap((le, i) => {
    const share = [0.2, 0.5, 0.9, 1][i]!
    return [
      [{ __name__: 'lat_bucket', le, pod: 'a' }, (s: number) => Math.floor(s * 10 * share)],
      [{ __name__: 'lat_bucket', le, pod: 'b' }, (s: number) => Math.floor(s * 4 * share ** 2)],
    ] as const
  }),
]

const epochMs = 1_700_000_000_000

const source: SeriesSource = {
  stepMs: 1000,
  series: (name) =>
    seconds
      .filter(([labels]) => name === null || labels['__name__'] === name)
      .map(([labels, at]): Series => ({ labels, valueAt: (ms) => at(Math.floor((ms - epochMs) / 1000)) })),
}

interface Answer {
  readonly query: string
  readonly answer: readonly { readonly labels: Labels; readonly value: string }[] | { readonly error: string }
}

/** What Prometheus 2.42 gave of the same series, between two of their values. */
const answers = JSON.parse(readFileSync(new URL('prometheus-answers.json', import.meta.url), 'utf8')) as readonly Answer[]

function shown(samples: readonly { readonly labels: Labels; readonly value: number | string }[]): readonly string[] {
  return samples
    .map(({ labels, value }) => {
      const number = Number(String(value).replace(/Inf$/, 'Infinity'))
      return `${JSON.stringify(Object.entries(labels).toSorted())} ${Number.isFinite(number) ? Number(number.toPrecision(10)) : number}`
    })
    .toSorted()
}

function ask(text: string, own: SeriesSource = source): readonly Sample[] {
  return query(text, own, epochMs + 110_500)
}

test.each(answers)('Prometheus answers $query the same', ({ query: text, answer }) => {
  if ('error' in answer) expect(() => ask(text)).toThrow(answer.error)
  else expect(shown(ask(text))).toEqual(shown(answer))
})

test('a counter stood at zero before it first counted, and is not there for who looks at it before', () => {
  const valueAt = (ms: number): number | null => (ms < epochMs + 100_000 ? null : 60)
  const late: SeriesSource = { stepMs: 1000, series: () => [{ labels: { __name__: 'late' }, valueAt }] }
  expect(query('sum(rate(late[1m]))', late, epochMs + 110_000)).toEqual([{ labels: {}, value: 1 }])
  expect(query('late', late, epochMs + 99_000)).toEqual([])
  expect(query('rate(late[1m])', late, epochMs + 99_000)).toEqual([])
})

test.each([
  ['sum(', 'is no PromQL'],
  ['', 'is no PromQL'],
  ['{pod=""}', 'at least one non-empty matcher'],
  ['req_total{pod=~"("}', '"(" is no regular expression of RE2'],
  ['req_total[1m]', 'gives a range'],
  ['"text"', 'gives a text'],
  ['rate(req_total)', 'a range is wanted, as in x[5m], not vector'],
  ['abs(1)', 'an instant vector is wanted, not scalar'],
  ['vector(weight)', 'a number is wanted, not vector'],
  ['abs(weight, weight)', 'abs does not take 2 arguments'],
  ['1 == 2', 'BOOL modifier'],
  ['weight and 1', 'is for two instant vectors'],
  ['topk(weight)', 'topk is of a number and an instant vector'],
  ['req_total * on (pod) weight', 'multiple matches'],
  ['weight * on (ns) weight', 'many-to-many matching not allowed'],
  ['req_total offset 5m', 'looks at another time than now'],
  ['req_total @ 12', 'looks at another time than now'],
  ['predict_linear(req_total[1m], 1)', 'predict_linear'],
  ['count_values("v", weight)', 'count_values'],
])('%s: %s', (text, complaint) => {
  expect(() => ask(text)).toThrow(complaint)
})
