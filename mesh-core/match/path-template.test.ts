import { expect, test } from 'vitest'
import { compilePathTemplate } from './path-template.ts'

const cases: { template: string; accepts: string[]; rejects: string[] }[] = [
  {
    template: '/books/*',
    accepts: ['/books/1', '/books/a.b-c~d', '/books/a=b'],
    rejects: ['/books', '/books/', '/books/1/2', '/Books/1', '/books/a^b'],
  },
  { template: '/books/**', accepts: ['/books/', '/books/1', '/books/1/2/', '/books/a*b'], rejects: ['/books', '/books/a|b'] },
  { template: '/books/*/pages/**', accepts: ['/books/1/pages/', '/books/1/pages/2/3'], rejects: ['/books/1/pages', '/books//pages/1'] },
  { template: '/a.b/*', accepts: ['/a.b/c'], rejects: ['/axb/c'] },
  { template: '/files/**.html', accepts: ['/files/a/b.html', '/files/.html'], rejects: ['/files/a.htm'] },
  { template: '/files/*.html', accepts: ['/files/a.html'], rejects: ['/files/.html', '/files/a/b.html'] },
]

for (const { template, accepts, rejects } of cases)
  for (const path of [...accepts, ...rejects])
    test(`${template} on ${path}`, () => expect(compilePathTemplate(template)(path)).toBe(accepts.includes(path)))
