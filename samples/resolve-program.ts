import type { Program } from '../mesh-core/ir/program.ts'
import { createDetails } from './bookinfo/details.ts'
import { createProductpage } from './bookinfo/productpage/program.ts'
import { createRatingsDatabase } from './bookinfo/ratings-database.ts'
import { createRatings } from './bookinfo/ratings.ts'
import { createReviews } from './bookinfo/reviews.ts'
import type { Env } from './bookinfo/settings.ts'
import { createEcho } from './echo/echo.ts'
import { createExtAuthz } from './istio/ext-authz.ts'
import { createHttpbin } from './istio/httpbin.ts'

/** What of a pod decides its program. A `WorkloadInstance` of the registry is one. */
export interface PodTemplate {
  /** Of the Deployment, where it is known. */
  readonly ref?: { readonly name: string }
  /** Of its first container. */
  readonly image: string
  /** `version` label, or `''`. */
  readonly version: string
  readonly env: Env
}

/**
 * The program of a pod, by its image: ours and Istio's images of Bookinfo, its sample of an authorizer and httpbin have programs here, everything else is an echo service.
 * A fresh one at each call, since a program may remember things.
 * @param startedMs when the pod started, by the clock of the program's context
 */
export function programFor(pod: PodTemplate, startedMs = 0): Program {
  const image = bookinfoImage(pod)
  if (isNamed('ext-authz', pod)) return createExtAuthz()
  if (isNamed('go-httpbin', pod) || isNamed('httpbin', pod)) return createHttpbin(pod.ref?.name)
  if (!image) return createEcho(pod.ref?.name)
  const env = { ...envOfImage(image), ...pod.env }
  switch (image.service) {
    case 'productpage':
      return createProductpage(env)
    case 'details':
      return createDetails(env)
    case 'reviews':
      return createReviews(env)
    case 'ratings':
      return createRatings(env, startedMs)
    case 'mongodb':
    case 'mysqldb':
      return createRatingsDatabase()
  }
}

/** Is the image of something that has a program here, besides Bookinfo? */
export function isSample(image: string): boolean {
  return ['ext-authz', 'go-httpbin', 'httpbin'].some((name) => isNamed(name, { image }))
}

/** `gcr.io/istio-testing/ext-authz:latest` */
function isNamed(name: string, { image }: Pick<PodTemplate, 'image'>): boolean {
  return image.slice(image.lastIndexOf('/') + 1).split(/[:@]/, 1)[0] === name
}

const services = ['productpage', 'details', 'reviews', 'ratings', 'mongodb', 'mysqldb'] as const

interface BookinfoImage {
  readonly service: (typeof services)[number]
  /** `v1`, `v-faulty` … */
  readonly version: string
}

/** Reads `examples-bookinfo-reviews-v2:1.20.3`; an image that names no version goes by the pod's label. */
function bookinfoImage({ image, version }: PodTemplate): BookinfoImage | null {
  const [, name, inImage] = /bookinfo-([a-z]+)(?:-(v[-\w.]*?))?(?::[^/]*|@[^/]*)?$/.exec(image) ?? []
  const service = services.find((one) => one === name)
  return service ? { service, version: inImage ?? version } : null
}

/** What the build of Bookinfo's images puts into their environment. */
function envOfImage({ service, version }: BookinfoImage): Env {
  const isV2OrLater = !/^(v1|)$/.test(version)
  switch (service) {
    case 'productpage':
      return version === 'v-flooding' ? { FLOOD_FACTOR: '100' } : {}
    case 'details':
      return { SERVICE_VERSION: version, ENABLE_EXTERNAL_BOOK_SERVICE: String(version === 'v2') }
    case 'reviews':
      return { SERVICE_VERSION: version, ENABLE_RATINGS: String(isV2OrLater), ...(version === 'v3' ? { STAR_COLOR: 'red' } : {}) }
    case 'ratings':
      return { SERVICE_VERSION: version === 'v2' || version.startsWith('v-') ? version : 'v1' }
    case 'mongodb':
    case 'mysqldb':
      return {}
  }
}
