import { assertText } from './assert-text.ts'
import { each } from './check.ts'
import type { Check } from './check.ts'
import { explain, withReasons } from './evidence.ts'
import type { Page } from './page-text.ts'
import { answerOf } from './reach.ts'

type ReadPage = (html: string) => Page

export interface PageChecks {
  readonly says: (text: string) => Check
  readonly doesNotSay: (text: string) => Check
  readonly titleIs: (title: string) => Check
  /** @param color `black` or `red`; every star has it */
  readonly showsStars: (color: string) => Check
  readonly showsNoStars: () => Check
}

/**
 * Checks of pages, apart from the reader: it comes with an HTML parser, which only scenarios about pages should load.
 * A shown status is no error here: Bookinfo's page is 200 whatever its services say.
 */
export function pageChecks(readPage: ReadPage): PageChecks {
  const onPage = (complain: (page: Page) => string | undefined, isRouted = true): Check =>
    each((exchange, context) => {
      const isHtml = exchange.response?.headers.get('content-type')?.startsWith('text/html') ?? false
      const complaint = isHtml ? complain(readPage(exchange.response!.body)) : `there is no page: ${answerOf(exchange)}.`
      return complaint === undefined ? undefined : withReasons(complaint, isRouted ? explainAll(exchange, context) : '')
    })
  return {
    says: (text: string) => {
      assertText(text)
      return onPage((page) => (page.text.includes(text) ? undefined : `the page does not say so; it says: ${excerpt(page.text)}`))
    },
    doesNotSay: (text: string) => onPage((page) => (page.text.includes(text) ? 'the page says so.' : undefined)),
    // No rule of the mesh decides a title.
    titleIs: (title: string) => onPage((page) => (page.title === title ? undefined : `the title is ${JSON.stringify(page.title)}.`), false),
    showsStars: (color: string) => onPage((page) => (page.stars.length > 0 && page.stars.every((one) => one === color) ? undefined : starsOf(page))),
    showsNoStars: () => onPage((page) => (page.stars.length === 0 ? undefined : starsOf(page))),
  }
}

function starsOf({ stars }: Page): string {
  if (stars.length === 0) return 'the page shows no stars.'
  const colors = [...new Set(stars)].map((color) => `${stars.filter((one) => one === color).length} ${color}`)
  return `the page shows ${colors.join(' and ')} stars.`
}

/** Which rules took the requests behind the page: every service that has a choice of rules. */
function explainAll(exchange: Parameters<typeof explain>[0], context: Parameters<typeof explain>[2]): string {
  const services = [
    ...new Set(exchange.hops.filter((hop) => hop.parent >= 0).flatMap((hop) => (hop.service === null ? [] : [hop.service.split('.')[0]!]))),
  ]
  const explained = services.map((name) => explain(exchange, { name, namespace: null, version: null }, context))
  return explained.filter((text) => text !== '').join('\n')
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 500 ? `${text.slice(0, 500)}…` : text)
}
