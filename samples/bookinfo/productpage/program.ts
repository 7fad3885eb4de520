import { Headers } from '../../../mesh-core/ir/message.ts'
import type { HttpRequest, HttpResponse } from '../../../mesh-core/ir/message.ts'
import type { Program, ServiceContext } from '../../../mesh-core/ir/program.ts'
import { answerHtml, answerJson, answerText, pathOf } from '../../answer.ts'
import { passOn, passedOnByProductpage } from '../propagated-headers.ts'
import type { Env } from '../settings.ts'
import { createAsk } from './backends.ts'
import type { Ask, BackendName } from './backends.ts'
import { homePage } from './home.ts'
import { RequestResults } from './metrics.ts'
import { product, renderProductPage } from './page.ts'
import { signIn, signOut, userOf } from './sign-in.ts'
import { staticFile } from './static-files.ts'

interface Productpage {
  readonly ask: Ask
  readonly results: RequestResults
  /** Of reviews, before each page: the image that demonstrates rate limits sends 100. */
  readonly floodFactor: number
}

/**
 * The product page service.
 * Env: `FLOOD_FACTOR`, and where the back ends are: `DETAILS_HOSTNAME`, `DETAILS_SERVICE_PORT`, `SERVICES_DOMAIN` and so on.
 */
export function createProductpage(env: Env = {}): Program {
  const results = new RequestResults()
  const floodFactor = Number.parseInt(env['FLOOD_FACTOR'] ?? '0', 10) || 0
  const page: Productpage = { ask: createAsk(env, results), results, floodFactor }
  return (request, context) => {
    const path = pathOf(request.path)
    if (path === '/login') return request.method === 'POST' ? signIn(request, context.now()) : notAllowed('POST')
    if (request.method !== 'GET' && request.method !== 'HEAD') return notAllowed('GET')
    return get(page, path, request, context)
  }
}

function get(page: Productpage, path: string, request: HttpRequest, context: ServiceContext): HttpResponse | Promise<HttpResponse> {
  switch (path) {
    case '/productpage':
      return answerProductPage(page, request, context)
    case '/':
    case '/index.html':
      return answerHtml(200, homePage)
    case '/health':
      return answerHtml(200, 'Product page is healthy')
    case '/logout':
      return signOut(request, context.now())
    case '/metrics':
      return { status: 200, headers: new Headers(['content-type', 'text/plain; version=0.0.4; charset=utf-8']), body: page.results.toText() }
    case '/api/v1/products':
      return answerJson(200, JSON.stringify([product]))
    default:
      return answerApi(page, path, request, context) ?? staticFile(path) ?? answerText(404, 'productpage has no such page')
  }
}

function notAllowed(allowed: string): HttpResponse {
  return {
    status: 405,
    headers: new Headers(['content-type', 'text/plain; charset=utf-8', 'allow', allowed]),
    body: `only ${allowed} is allowed here`,
  }
}

/** One back end after the other, details first. */
async function answerProductPage(page: Productpage, request: HttpRequest, context: ServiceContext): Promise<HttpResponse> {
  const user = userOf(request, context.now())
  const headers = headersFor(user, request)
  const id = String(product.id)
  const details = await page.ask('details', id, headers, context)
  for (let left = page.floodFactor; left > 0; left--) await page.ask('reviews', id, headers, context)
  const reviews = await page.ask('reviews', id, headers, context)
  try {
    const response = answerHtml(200, renderProductPage(user, details, reviews))
    response.headers.append('vary', 'Cookie')
    return response
  } catch (error) {
    if (error instanceof SyntaxError) return answerText(500, 'productpage could not read the answer of a back end')
    throw error
  }
}

/** The `end-user` header says who is signed in, and only the session says so: one that the client sends is not passed on. */
function headersFor(user: string | null, request: HttpRequest): Headers {
  const headers = passOn(request.headers, passedOnByProductpage)
  if (user !== null) headers.append('end-user', user)
  return headers
}

const apiPath = /^\/api\/v1\/products\/([^/]+)(?:\/(reviews|ratings))?$/

/** @returns null for a path that is not the API's */
function answerApi(page: Productpage, path: string, request: HttpRequest, context: ServiceContext): Promise<HttpResponse> | null {
  const [, id, what] = apiPath.exec(path) ?? []
  if (id === undefined) return null
  const backend = (what ?? 'details') as BackendName
  const asked = page.ask(backend, id, headersFor(userOf(request, context.now()), request), context)
  return asked.then(({ status, text }) => answerJson(status, text))
}
