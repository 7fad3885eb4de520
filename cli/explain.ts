import { adviceTypes } from '../mesh-core/advise/advice-types.ts'
import { advise } from '../mesh-core/advise/advise.ts'
import { deadRules } from '../mesh-core/advise/rules/dead-rules.ts'
import { isLinked } from '../mesh-core/advise/rules/virtual-services.ts'
import { describeMessage } from '../mesh-core/analyze/describe.ts'
import { Inventory } from '../mesh-core/analyze/inventory.ts'
import { ConfigRejected } from '../mesh-core/config/errors.ts'
import type { Resource } from '../mesh-core/config/resource.ts'
import type { Exchange } from '../mesh-core/ir/exchange.ts'
import { whatMayBeWhy } from '../support/doubts/what-may-be-why.ts'
import { parseServiceRef, serviceRefPattern } from '../support/sentences/service-ref.ts'
import { CoreSession } from '../support/targets/core/session.ts'
import type { Call, Sender } from '../support/targets/target.ts'
import { Excerpts } from './output/excerpt.ts'
import { exitCodes } from './output/exit-codes.ts'
import { exchangeText } from './explain-text.ts'
import { type MadeUp, madeUpLines, madeUpServices } from './made-up-services.ts'
import { effective, inRounds, readConfig, redefined, templatesAmong } from './config/read-config.ts'
import { settingError } from './options/setting-error.ts'
import { wholeNumber } from './options/whole-number.ts'
import { findingOfError } from './findings/finding.ts'
import { findingsText } from './findings/text.ts'

export interface ExplainOptions {
  readonly from: string
  readonly header?: readonly string[]
  readonly body?: string
  readonly seed?: string
}

/**
 * @param words the config's files and folders, and the request, in any order
 * @returns the exit code
 */
export async function explain(words: readonly string[], options: ExplainOptions): Promise<number> {
  const call = callOf(words, options)
  const paths = words.filter((word) => !requestLine.test(word))
  const excerpts = new Excerpts()
  const { resources, errors, passedOver } = readConfig(paths, excerpts)
  if (errors.length > 0) return refuse(errors, excerpts)
  const session = new CoreSession({ seed: wholeNumber('--seed', options.seed ?? '1'), spec: false })
  const madeUp = madeUpServices(resources, call)
  try {
    await session.deployEcho(madeUp.services)
    for (const round of inRounds(resources)) await session.apply(round)
  } catch (error) {
    if (error instanceof ConfigRejected) return refuse(error.errors, excerpts)
    throw error
  }
  const exchange = await session.send(call)
  const text = [
    ...preamble(resources, madeUp, [...session.notModelled().map((notice) => `read and not acted on: ${notice}`), ...templatesAmong(passedOver)]),
    exchangeText(exchange, (origin) => session.locate(origin)),
    ...whyNot(exchange, call.from, { resources: session.resources(), given: resources, statuses: session.statuses() }),
    ...(await deadAmong(exchange, resources)),
  ]
  process.stdout.write(`${text.join('\n')}\n`)
  return exitCodes.held
}

/** What is odd about the config, where nobody answered, or a proxy had no rule. */
function whyNot(exchange: Exchange, from: Sender, config: Parameters<typeof whatMayBeWhy>[1]): readonly string[] {
  const isReceived = exchange.hops.some(({ to }) => to !== null)
  const isWithoutRule = exchange.hops.some(({ log }) => log?.flags.split(',').includes('NR'))
  if (exchange.response !== null && (isReceived || (exchange.response.status < 500 && !isWithoutRule))) return []
  const reasons = whatMayBeWhy({ exchanges: [exchange], isFromClient: from.kind === 'client' }, config)
  return reasons.length === 0 ? [] : ['what may be why:', ...reasons.map((reason) => reason.replace(/^/gm, '  '))]
}

/** Of the rules that the request met: those that no request comes to, which is why they were not asked. */
async function deadAmong({ hops }: Exchange, resources: readonly Resource[]): Promise<string[]> {
  const met = new Set(hops.flatMap((hop) => hop.explain?.()?.rules ?? []).map(({ origin }) => origin.resource))
  const rules = effective(resources).filter(
    (resource) => resource.kind !== 'VirtualService' || met.has(resource.origin.resource) || isLinked(resource),
  )
  const messages = await advise(new Inventory(rules, { nowMs: 0, whole: false, manifests: true }), [deadRules])
  const dead = messages.filter(({ code, resource }) => code === adviceTypes.deadRule.code && met.has(resource.origin.resource))
  return dead.length === 0 ? [] : ['', ...dead.map((message) => `note: ${describeMessage({ ...message, hint: null, proof: [] })}`)]
}

function refuse(errors: ConfigRejected['errors'], excerpts: Excerpts): number {
  process.stderr.write(`${findingsText(errors.map(findingOfError), excerpts)}\n`)
  return exitCodes.wrongInput
}

/** `GET http://reviews:9080/reviews/0` */
const requestLine = /^([A-Z]+) (\S+)$/

/** Not one, but meant as one: `get /`, `GET`, `GET http://shop/ HTTP/2`. */
const likeRequest = /^[A-Za-z]+ \S|^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/

function callOf(words: readonly string[], { from, header = [], body = '' }: ExplainOptions): Call {
  const requests = words.filter((word) => requestLine.test(word))
  const like = words.find((word) => requests.length === 0 && (likeRequest.test(word) || word.includes('://')))
  const problem = like === undefined ? `${requests.length} requests are given` : `"${like}" is no request`
  if (requests.length !== 1)
    throw settingError(problem, 'give one, its method and URL in quotes: "GET http://reviews:9080/reviews/0"', 'INVALID_REQUEST')
  const [, method, target] = requestLine.exec(requests[0]!)!
  if (words.length === 1) throw settingError('no config is given', 'name the files or the folder that your config is in')
  return { from: senderOf(from), method: method!, target: target!, headers: headersOf(header), body }
}

/** The gateway sends what a client outside sent to it. */
const outside: ReadonlySet<string> = new Set(['client', 'gateway', 'ingressgateway', 'istio-ingressgateway'])

function senderOf(from: string): Sender {
  if (outside.has(from)) return { kind: 'client' }
  const whole = serviceRefPattern.exec(from)?.[0] === from
  if (!whole) throw settingError(`--from is "${from}"`, 'write a service (reviews, reviews:v2, reviews.prod) or client')
  return { kind: 'service', service: parseServiceRef(from) }
}

/** `name=value`, or `name: value` as curl takes it. */
function headersOf(given: readonly string[]): Record<string, string[]> {
  const headers: Record<string, string[]> = {}
  for (const header of given) {
    const [, name, value] = /^([^=:\s]+)(?:=|:\s*)(.*)$/.exec(header) ?? []
    if (name === undefined || value === undefined) throw settingError(`the header "${header}" has no value`, 'write name=value')
    ;(headers[name.toLowerCase()] ??= []).push(value)
  }
  return headers
}

/** What a reader must know of the config before the answer: what was made up, what counts of several, what is ignored. */
function preamble(resources: readonly Resource[], madeUp: MadeUp, notices: readonly string[]): string[] {
  const lines = [
    ...(resources.length === 0 ? ['there is no Kubernetes object in the config'] : []),
    ...madeUpLines(madeUp),
    ...redefined(resources).map(({ resource, times, file }) => `${resource} is defined ${times} times; the last one counts: ${file}`),
    ...notices,
  ]
  return lines.length > 0 ? [...lines, ''] : []
}
