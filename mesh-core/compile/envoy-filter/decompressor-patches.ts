import { decompressions } from '../../config/envoy-filter-http-filters.ts'
import { message, type Message } from '../../envoy/fields.ts'
import type { Decompression, Decompressor } from '../../ir/inserted-filter.ts'
import type { ReadFilter } from './read-filter.ts'

/** Source: Envoy `extensions/filters/http/decompressor/decompressor_filter.cc`, and the constraints of `Decompressor`. */
export function readDecompressor(config: Message): ReadFilter {
  const library = message(message(config['decompressor_library'], 'decompressor_library')['typed_config'], 'typed_config')
  const requests = message(config['request_direction_config'], 'request_direction_config')
  const answers = message(config['response_direction_config'], 'response_direction_config')
  const encoding = decompressions[String(library['@type'])]
  const filter: Omit<Decompressor, 'place' | 'name'> = {
    kind: 'decompressor',
    encoding: encoding ?? 'gzip',
    requests: readDirection(requests),
    answers: readDirection(answers),
    advertises: requests['advertise_accept_encoding'] !== false,
  }
  return { filter, problem: encoding === undefined ? 'a decompressor needs a decompressor_library' : null }
}

function readDirection(direction: Message): Decompression | null {
  const common = message(direction['common_config'], 'common_config')
  if (message(common['enabled'], 'enabled')['default_value'] === false) return null
  return { transformsAll: common['ignore_no_transform_header'] === true }
}
