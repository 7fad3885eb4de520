import { expect, test } from 'vitest'
import { readText } from './read.ts'
import { weightNotes } from './weight-notes.ts'

const rule = (route: string): string =>
  `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: vs}\nspec: {hosts: [a], http: [{route: ${route}}]}\n`

test.each([
  ['[{destination: {host: a}, weight: 30}, {destination: {host: b}, weight: 60}]', ['the weights add up to 90, so the shares are 33.3%, 66.7%']],
  ['[{destination: {host: a}, weight: 30}, {destination: {host: b}, weight: 70}]', []],
  ['[{destination: {host: a}, weight: 30}]', []],
  ['[{destination: {host: a}}]', []],
])('%s', (route, notes) => {
  const { resources } = readText(rule(route), 'a.yaml')
  expect(weightNotes(resources)).toEqual(notes.map((note) => `a.yaml:4:28: VirtualService default/vs: ${note}`))
})
