import { encodings } from '../../config/envoy-filter-http-filters.ts'
import { int, message, texts, type Message } from '../../envoy/fields.ts'
import type { Compressor } from '../../ir/inserted-filter.ts'
import type { ReadFilter } from './read-filter.ts'

const usualLeastBytes = 30
const usualTypes = [
  ...['application/javascript', 'application/json', 'application/xhtml+xml', 'image/svg+xml'],
  ...['text/css', 'text/html', 'text/plain', 'text/xml'],
]

/** Source: Envoy `extensions/filters/http/compressor/compressor_filter.cc`, and the constraints of `Compressor`. */
export function readCompressor(config: Message): ReadFilter {
  const library = message(message(config['compressor_library'], 'compressor_library')['typed_config'], 'typed_config')
  const answers = message(config['response_direction_config'], 'response_direction_config')
  const common = message(answers['common_config'], 'common_config')
  const types = texts(common['content_type']).map((type) => type.toLowerCase())
  const encoding = encodings[String(library['@type'])]
  const filter: Omit<Compressor, 'place' | 'name'> = {
    kind: 'compressor',
    encoding: encoding ?? 'gzip',
    leastBytes: common['min_content_length'] === undefined ? usualLeastBytes : int(common['min_content_length']),
    contentTypes: types.length > 0 ? types : usualTypes,
    isEnabled: message(common['enabled'], 'enabled')['default_value'] !== false,
    ...(answers['disable_on_etag_header'] === true && { sparesTagged: true }),
    ...(answers['remove_accept_encoding_header'] === true && { hidesAccepted: true }),
  }
  return { filter, problem: encoding === undefined ? 'a compressor needs a compressor_library' : null }
}
