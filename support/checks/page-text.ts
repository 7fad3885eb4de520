import { Parser } from 'htmlparser2'

/** What a person sees of a page. */
export interface Page {
  readonly title: string
  /** Visible text, entities decoded, white space as one blank. */
  readonly text: string
  /** Colours of the stars shown, in their order. */
  readonly stars: readonly string[]
}

const unseen = new Set(['script', 'style', 'head', 'template', 'noscript'])
/** Elements that do not part words. */
const inline = new Set(['a', 'b', 'i', 'em', 'strong', 'span', 'font', 'small', 'u', 'code'])

/** Pages read lately: of many answers most are the same text. */
const lately = new Map<string, Page>()
const remembered = 16

export function readPage(html: string): Page {
  const known = lately.get(html)
  if (known) return known
  if (lately.size >= remembered) lately.clear()
  const page = parsePage(html)
  lately.set(html, page)
  return page
}

function parsePage(html: string): Page {
  const reader = new PageReader()
  const parser = new Parser({
    onopentag: (name, attributes) => reader.open(name, attributes),
    ontext: (text) => reader.take(text),
    onclosetag: () => reader.close(),
  })
  parser.write(html)
  parser.end()
  return { title: collapse(reader.title), text: collapse(reader.text), stars: reader.stars }
}

class PageReader {
  title = ''
  text = ''
  readonly stars: string[] = []
  readonly #open: { readonly name: string; readonly color: string | null }[] = []

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    // The mark survives all versions of Bookinfo's template: as a class up to 1.22, as an svg's id since.
    const marks = `${attributes['id'] ?? ''} ${attributes['class'] ?? ''} `
    if (marks.includes('glyphicon glyphicon-star ')) this.stars.push(this.#open.findLast(({ color }) => color !== null)?.color ?? 'black')
    this.#open.push({ name, color: colorOf(name, attributes) })
    if (!inline.has(name)) this.text += ' '
  }

  take(text: string): void {
    if (this.#open.some(({ name }) => name === 'title')) this.title += text
    else if (!this.#open.some(({ name }) => unseen.has(name))) this.text += text
  }

  close(): void {
    const closed = this.#open.pop()
    if (closed && !inline.has(closed.name)) this.text += ' '
  }
}

/** Error texts are red paragraphs, so only what groups stars counts: a `div`, or a `font` in the older template. */
function colorOf(name: string, attributes: Readonly<Record<string, string>>): string | null {
  if (name === 'font') return attributes['color'] ?? null
  if (name !== 'div') return null
  return /\btext-(\w+)-500\b/.exec(attributes['class'] ?? '')?.[1] ?? null
}

function collapse(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
