import { type Headers } from '../../mesh-core/ir/message.ts'
import type { HttpResponse } from '../../mesh-core/ir/message.ts'
import type { Program, ServiceContext } from '../../mesh-core/ir/program.ts'
import { answerJson, answerText, pathOf } from '../answer.ts'
import { remember } from '../remember.ts'
import { passOn, passedOnByProductpage } from './propagated-headers.ts'
import type { Env } from './settings.ts'

/** The facts about a book that the product page shows. */
interface Book {
  readonly author: string
  readonly year: number | string
  readonly type: string
  readonly pages: number
  readonly publisher: string
  readonly language: string
  readonly 'ISBN-10': string
  readonly 'ISBN-13': string
}

const builtIn: Book = {
  author: 'William Shakespeare',
  year: 1595,
  type: 'paperback',
  pages: 200,
  publisher: 'PublisherA',
  language: 'English',
  'ISBN-10': '1234567890',
  'ISBN-13': '123-1234567890',
}

const bookService = { host: 'www.googleapis.com', isbn: '0486424618', timeoutMs: 5000 }

/**
 * The details service. v1 knows the book by heart; v2 asks a book service outside the mesh.
 * Env: `ENABLE_EXTERNAL_BOOK_SERVICE=true` makes it v2, `DO_NOT_ENCRYPT=true` makes v2 ask in plain text (the mesh encrypts then).
 */
export function createDetails(env: Env = {}): Program {
  const external = env['ENABLE_EXTERNAL_BOOK_SERVICE'] === 'true'
  const scheme = env['DO_NOT_ENCRYPT'] === 'true' ? 'http' : 'https'
  return (request, context) => {
    const path = pathOf(request.path)
    if (path === '/health') return answerJson(200, '{"status":"Details is healthy"}')
    if (!path.startsWith('/details/')) return answerText(404, 'details has no such page')
    const id = path.slice(path.lastIndexOf('/') + 1)
    if (!isNumber(id)) return answerJson(400, '{"error":"please provide numeric product id"}')
    return external ? askBookService(Number(id), scheme, request.headers, context) : answerJson(200, builtInJson(id))
  }
}

function isNumber(text: string): boolean {
  return text === '0' || /^-?\d+$/.test(text)
}

const builtInJson = remember(100, (id) => bookJson(Number(id), builtIn))

function bookJson(id: number, book: Book): string {
  return JSON.stringify({ id, ...book })
}

async function askBookService(id: number, scheme: 'http' | 'https', received: Headers, context: ServiceContext): Promise<HttpResponse> {
  const { host, isbn, timeoutMs } = bookService
  const headers = passOn(received, passedOnByProductpage)
  try {
    const request = { method: 'GET', scheme, authority: host, path: `/books/v1/volumes?q=isbn:${isbn}`, headers, body: '' }
    const response = await context.call(request, { timeoutMs })
    return answerJson(200, bookJson(id, bookOf(JSON.parse(response.body))))
  } catch (error) {
    // Whatever goes wrong on the way is told to the caller as its own mistake, as Bookinfo does.
    return answerJson(400, JSON.stringify({ error: String(error) }))
  }
}

interface Volume {
  readonly authors: readonly string[]
  readonly publishedDate: string
  readonly printType: string
  readonly pageCount: number
  readonly publisher: string
  readonly language: string
  readonly industryIdentifiers: readonly { readonly type: string; readonly identifier: string }[]
}

/** @throws TypeError when the answer is not a list of volumes */
function bookOf(found: { readonly items: readonly { readonly volumeInfo: Volume }[] }): Book {
  const volume = found.items[0]!.volumeInfo
  const isbn = (type: string) => volume.industryIdentifiers.find((identifier) => identifier.type === type)!.identifier
  return {
    author: volume.authors[0]!,
    year: volume.publishedDate,
    type: volume.printType === 'BOOK' ? 'paperback' : 'unknown',
    pages: volume.pageCount,
    publisher: volume.publisher,
    language: volume.language === 'en' ? 'English' : 'unknown',
    'ISBN-10': isbn('ISBN_10'),
    'ISBN-13': isbn('ISBN_13'),
  }
}
