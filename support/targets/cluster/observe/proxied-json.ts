import { ApiFailure } from '../kube/api-failure.ts'
import type { KubeApi } from '../kube/kube-api.ts'
import { queryString } from './json-source.ts'
import type { JsonSource } from './json-source.ts'
import { failureOf, SourceFailure } from './source-failure.ts'

/** A Service that is asked by its cluster's API server, which needs no address that is reached from here. */
export interface ProxiedService {
  readonly namespace: string
  readonly name: string
  readonly port: number
}

/** As the API server's `services/proxy`, and rules of RBAC about it, name a port of a Service. */
export function proxiedName({ name, port }: ProxiedService): string {
  return `http:${name}:${port}`
}

/** A JSON API of the cluster. Source: Kubernetes, `/api/v1/namespaces/{namespace}/services/{scheme:name:port}/proxy`. */
export class ProxiedJson implements JsonSource {
  readonly name: string
  readonly #api: KubeApi
  readonly #service: ProxiedService

  constructor(kind: string, api: KubeApi, service: ProxiedService) {
    this.name = `${kind} at Service ${service.namespace}/${service.name}`
    this.#api = api
    this.#service = service
  }

  async get(path: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const { namespace } = this.#service
    try {
      return await this.#api.send({
        method: 'GET',
        path: `/api/v1/namespaces/${namespace}/services/${proxiedName(this.#service)}/proxy${path}${queryString(query)}`,
      })
    } catch (error) {
      if (error instanceof ApiFailure) throw failureOf(this.name, error.status, path, error.message.replace(/^HTTP \d+$/, ''))
      if (error instanceof SyntaxError) throw new SourceFailure(this.name, 200, 'answers with something that is no JSON')
      throw error
    }
  }
}
