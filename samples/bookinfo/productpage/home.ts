import { wholePage } from './layout.ts'

const calls = [
  ['productpage', 'details', 'what is printed on the book'],
  ['productpage', 'reviews', 'what readers say of it'],
  ['reviews (v2, v3)', 'ratings', 'how many stars they give'],
] as const

const rows = calls.map(([from, to, why]) => `<tr><td>${from}</td><td>${to}</td><td>${why}</td></tr>`).join('')

/** `/`: which service calls which. The two links differ for the reader only: productpage never looks at `u`. */
export const homePage = wholePage(
  null,
  '<section class="book"><h1>Bookinfo</h1><p>A book store of four services, to watch a service mesh at work.</p>' +
    `<table><thead><tr><th>Service</th><th>calls</th><th>for</th></tr></thead><tbody>${rows}</tbody></table>` +
    '<p><a href="/productpage?u=normal">Normal user</a> · <a href="/productpage?u=test">Test user</a></p></section>',
)
