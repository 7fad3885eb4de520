import { ConfigRejected } from '../../mesh-core/config/errors.ts'
import type { ResourceRef } from '../../mesh-core/config/resource.ts'
import type { HttpRequest, HttpResponse } from '../../mesh-core/ir/message.ts'
import { answerText, pathOf } from '../../samples/answer.ts'
import type { ServedConfig } from './served-config.ts'

/**
 * Changes the config of a served mesh: `PUT /config` with YAML applies it, `DELETE /config` takes what the YAML names away.
 * What is refused is a 422 that says why.
 */
export function adminHandler(config: ServedConfig): (request: HttpRequest) => Promise<HttpResponse> {
  return async ({ method, path, body }) => {
    if (pathOf(path) !== '/config') return answerText(404, 'PUT /config or DELETE /config\n')
    try {
      if (method === 'PUT') return said('applied', config.put(body))
      if (method === 'DELETE') return said('deleted', config.remove(body))
      return answerText(405, 'PUT or DELETE\n')
    } catch (error) {
      if (error instanceof ConfigRejected) return answerText(422, `${error.message}\n`)
      throw error
    }
  }
}

function said(what: string, refs: readonly ResourceRef[]): HttpResponse {
  return answerText(200, refs.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name} ${what}\n`).join(''))
}
