import { Headers } from '../mesh-core/ir/message.ts'
import type { HttpResponse } from '../mesh-core/ir/message.ts'

export function answerJson(status: number, text: string): HttpResponse {
  return { status, headers: new Headers(['content-type', 'application/json']), body: text }
}

export function answerText(status: number, text: string): HttpResponse {
  return { status, headers: new Headers(['content-type', 'text/plain; charset=utf-8']), body: text }
}

export function answerHtml(status: number, html: string): HttpResponse {
  return { status, headers: new Headers(['content-type', 'text/html; charset=utf-8']), body: html }
}

/** The path of a request target without its query string. */
export function pathOf(target: string): string {
  const query = target.indexOf('?')
  return query < 0 ? target : target.slice(0, query)
}
