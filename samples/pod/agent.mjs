/*
 * Runs inside a pod, started by `kubectl exec`, and sends requests from there: one JSON object in a line on standard input for each, one on
 * standard output for its answer. It needs nothing but Node, so that pods of others that have it will do, too. `control` reaches the control
 * port of a pod of ours. `open` begins a connection whose bytes are told both ways, for what speaks anything but HTTP/1.1.
 */
import { isUtf8 } from 'node:buffer'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import readline from 'node:readline'
import tls from 'node:tls'

/** Of a documentation network (RFC 5737): nobody's. A sidecar catches what is sent there, and goes by the Host header. */
const nowhere = '192.0.2.1'

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`)

/** From when the connection stands until the last byte of the answer; where none comes about, from the beginning: looking a name up is the pod's, and not the mesh's. */
function request(call, dialled, done) {
  let start = performance.now()
  const end = (rest) => done({ ...rest, ms: performance.now() - start })
  const { tls: { authorities, ...secured } = {}, secure, port, method, path, headers, body, timeoutMs } = call
  const ca = authorities?.length > 0 ? { ca: [...tls.rootCertificates, ...authorities] } : {}
  const options = { host: dialled, port, method, path, headers, agent: false, timeout: timeoutMs, setHost: false, ...ca, ...secured }
  const sent = (secure ? https : http).request(options, (message) => {
    const chunks = []
    message.on('data', (chunk) => chunks.push(chunk))
    message.on('end', () => end({ status: message.statusCode, headers: message.rawHeaders, ...bodyOf(message, Buffer.concat(chunks)) }))
    message.on('error', (error) => end({ error: error.code || error.message }))
  })
  sent.on('socket', (socket) => socket.once('connect', () => (start = performance.now())))
  sent.on('timeout', () => sent.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })))
  sent.on('error', (error) => end({ error: error.code || error.message }))
  sent.end(body || undefined)
}

/** JSON holds texts alone: what is compressed, or none, is told in base64. */
function bodyOf({ headers }, bytes) {
  return headers['content-encoding'] === undefined && isUtf8(bytes) ? { body: bytes.toString() } : { bytes: bytes.toString('base64') }
}

function perform(call, done) {
  request(call, call.host, (answer) => {
    if (answer.error !== 'ENOTFOUND' && answer.error !== 'EAI_AGAIN') return done(answer)
    if (!call.elsewhere) return done(answer)
    request(call, nowhere, (second) => done({ ...second, unresolved: true }))
  })
}

function control({ port, method, path, body }, done) {
  request(
    { port, method, path, headers: ['host', 'localhost', 'content-length', String(Buffer.byteLength(body))], body, timeoutMs: 5000 },
    '127.0.0.1',
    done,
  )
}

const connections = new Map()

/** Told: `opened`, `data` (base64), and at last `closed`, with Node's code for an error; with the ms since the first byte was sent. */
function open(id, { host, port, elsewhere }, unresolved = false) {
  const socket = net.connect({ host, port, noDelay: true, allowHalfOpen: true })
  const connection = { socket, sentAt: null }
  connections.set(id, connection)
  const news = (rest) => say({ id, ...rest, ...(connection.sentAt !== null && { ms: performance.now() - connection.sentAt }) })
  let error = null
  socket.on('connect', () => say({ id, opened: true, unresolved, address: `${socket.localAddress}:${socket.localPort}` }))
  socket.on('data', (bytes) => news({ data: bytes.toString('base64') }))
  socket.on('end', () => news({ ended: true }))
  socket.on('error', (cause) => (error = cause.code || cause.message))
  socket.on('close', () => {
    const isUnknown = error === 'ENOTFOUND' || error === 'EAI_AGAIN'
    if (isUnknown && elsewhere && !unresolved) return open(id, { host: nowhere, port }, true)
    connections.delete(id)
    news({ closed: true, error, unresolved })
  })
}

function send(connection, bytes) {
  if (!connection) return
  connection.sentAt ??= performance.now()
  connection.socket.write(bytes)
}

const lines = readline.createInterface({ input: process.stdin })
lines.on('line', (text) => {
  const { id, call, control: asked, open: opened, write, end, destroy } = JSON.parse(text)
  const connection = connections.get(id)
  const answer = (rest) => say({ id, ...rest })
  if (asked) control(asked, answer)
  else if (call) perform(call, answer)
  else if (opened) open(id, opened)
  else if (write) send(connection, Buffer.from(write, 'base64'))
  else if (end) connection?.socket.end()
  else if (destroy) connection?.socket.destroy()
})
lines.on('close', () => process.exit(0))
