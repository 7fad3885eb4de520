import { expect, test } from 'vitest'
import { readPage } from './page-text.ts'

const star = '<svg id="glyphicon glyphicon-star"><path d="M1"/></svg>'
const emptyStar = '<svg><path d="M1"/></svg>'

test('title and text, as a person sees them', () => {
  const page = readPage(
    '<html><head><title>Simple &amp; Bookstore</title><style>p{}</style></head><body><p>It&#39;s</p><p>a <b>bo</b>ok</p><script>x()</script></body></html>',
  )
  expect(page).toEqual({ title: 'Simple & Bookstore', text: "It's a book", stars: [] })
})

const cases: { html: string; stars: string[] }[] = [
  { html: `<div class="flex gap-x-1 text-black-500">${star}${star}${emptyStar}</div>`, stars: ['black', 'black'] },
  { html: `<div class="flex gap-x-1 text-red-500">${star}</div><div class="text-black-500">${star}</div>`, stars: ['red', 'black'] },
  { html: '<p class="text-red-500">Ratings service is currently unavailable</p>', stars: [] }, // red, but no star
  { html: `<p class="text-red-500">Oh</p><div class="text-black-500">${star}</div>`, stars: ['black'] },
  {
    html: '<font color="red"><span class="glyphicon glyphicon-star"></span><span class="glyphicon glyphicon-star-empty"></span></font>',
    stars: ['red'],
  }, // before 1.23
]
for (const { html, stars } of cases)
  test(`${html.slice(0, 60)}…: ${stars.join(', ') || 'no stars'}`, () => expect(readPage(html).stars).toEqual(stars))
