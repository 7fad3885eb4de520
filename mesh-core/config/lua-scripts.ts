/** What of LuaJIT reaches outside a script, or loads others. */
const libraries = ['io', 'ffi', 'jit', 'debug', 'package']
const functions = ['require', 'dofile', 'loadfile', 'loadstring', 'load', 'setfenv', 'getfenv', 'collectgarbage', 'newproxy']
const ofSystem = ['execute', 'exit', 'getenv', 'remove', 'rename', 'tmpname', 'setlocale']
/** What Envoy gives scripts, and is not modelled. */
const methods = [
  ...['bodyChunks', 'trailers', 'metadata', 'connection', 'connectionStreamInfo', 'importPublicKey', 'verifySignature', 'timestampString'],
  ...['setUpstreamOverrideHost', 'filterContext', 'virtualHost', 'route', 'stats', 'requestHeaders', 'setHttp1ReasonPhrase'],
  ...['downstreamLocalAddress', 'downstreamDirectLocalAddress', 'downstreamRemoteAddress', 'downstreamDirectRemoteAddress'],
  ...['downstreamSslConnection', 'virtualClusterName', 'dynamicTypedMetadata', 'filterState', 'drainConnectionUponCompletion'],
]

const asks = [
  `(?<![\\w.:])(?:${libraries.join('|')})\\s*[.\\[]`,
  `(?<![\\w.:])(?:${functions.join('|')})\\s*[("'\\[]`,
  `(?<![\\w.:])os\\s*\\.\\s*(?:${ofSystem.join('|')})\\b`,
  `:\\s*(?:${methods.join('|')})\\s*\\(`,
]

/** A script that asks for nothing else than what is modelled. */
// eslint-disable-next-line no-restricted-syntax -- our own, of the words above
export const modelledScript = new RegExp(`^(?![^]*(?:${asks.join('|')}))`)
