import { Headers } from '../../../mesh-core/ir/message.ts'
import type { HttpResponse } from '../../../mesh-core/ir/message.ts'

const stylesheet = `
:root { --ink: #1f2430; --paper: #fbfaf7; --line: #dcd8cc; --accent: #22577a; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
header { display: flex; align-items: center; justify-content: space-between; min-height: 3.6rem; padding: .75rem 1.5rem; background: var(--accent); color: #fff; position: relative; }
header a { color: #fff; }
.brand { font-weight: 700; font-size: 1.15rem; text-decoration: none; letter-spacing: .02em; }
.user { font-weight: 600; margin-right: .75rem; }
.user::before { content: ""; display: inline-block; width: .6em; height: .6em; border-radius: 50%; background: #7bd389; margin-right: .4em; }
.sign-in summary { cursor: pointer; list-style: none; border: 1px solid #ffffff80; border-radius: .4rem; padding: .25rem .9rem; }
.sign-in form { position: absolute; right: 1.5rem; top: 3.4rem; z-index: 1; display: grid; gap: .6rem; width: 16rem; padding: 1.1rem;
  background: #fff; color: var(--ink); border: 1px solid var(--line); border-radius: .6rem; box-shadow: 0 8px 24px #0003; }
.sign-in label { display: grid; font-size: .85rem; }
.sign-in p { margin: 0; font-size: .8rem; color: #6b6f7a; }
.sign-in input, .sign-in button { font: inherit; padding: .4rem .6rem; border: 1px solid var(--line); border-radius: .4rem; }
.sign-in button { background: var(--accent); color: #fff; cursor: pointer; }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1.5rem; }
h1 { font-family: Georgia, serif; font-size: 2.3rem; line-height: 1.15; margin: 0 0 .75rem; }
h2 { font-size: 1.2rem; margin: 0 0 .9rem; }
.book { margin-bottom: 2rem; max-width: 46rem; }
.columns { display: grid; grid-template-columns: minmax(15rem, 2fr) 3fr; gap: 1.25rem; align-items: start; }
.columns > section { background: #fff; border: 1px solid var(--line); border-radius: .7rem; padding: 1.25rem 1.4rem; }
.columns > .failed { border-color: #e7b4b0; background: #fdf4f3; }
@media (max-width: 44rem) { .columns { grid-template-columns: 1fr; } }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; font-weight: 400; padding: .4rem .25rem; border-bottom: 1px solid #eeebe2; }
th { color: #6b6f7a; }
figure { margin: 0 0 1.4rem; }
blockquote { margin: 0; font-family: Georgia, serif; font-size: 1.05rem; }
figcaption { color: #6b6f7a; font-size: .9rem; }
.served-by { margin: 0; padding-top: .8rem; border-top: 1px solid #eeebe2; font-size: .85rem; color: #6b6f7a; }
.flex { display: flex; }
.gap-x-1 { column-gap: .25rem; }
.star { width: 1.35rem; height: 1.35rem; fill: currentColor; }
.star.empty { fill: none; stroke: currentColor; stroke-width: 1.5; }
.text-black-500 { color: #15171c; }
.text-red-500 { color: #d32f2f; }
`

const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="#22577a" d="M12 2.5l2.9 6.2 6.6.8-4.9 4.6 1.3 6.7-5.9-3.4-5.9 3.4 1.3-6.7L2.5 9.5l6.6-.8z"/></svg>'

const files: ReadonlyMap<string, { readonly type: string; readonly text: string }> = new Map([
  ['/static/bookinfo.css', { type: 'text/css; charset=utf-8', text: stylesheet }],
  ['/static/star.svg', { type: 'image/svg+xml', text: icon }],
])

/** @returns null for a file that there is not */
export function staticFile(path: string): HttpResponse | null {
  const file = files.get(path)
  return file ? { status: 200, headers: new Headers(['content-type', file.type]), body: file.text } : null
}
