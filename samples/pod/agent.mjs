/*
 * Runs inside a pod, started by `kubectl exec`, and sends requests from there: one JSON object in a line on standard input for each, one on
 * standard output for its answer. It needs nothing but Node, so that pods of others that have it will do, too. `control` reaches the control
 * port of a pod of ours.
 */
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import readline from 'node:readline'

/** Of a documentation network (RFC 5737): nobody's. A sidecar catches what is sent there, and goes by the Host header. */
const nowhere = '192.0.2.1'

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`)

function request(call, dialled, done) {
  const start = process.hrtime.bigint()
  const end = (rest) => done({ ...rest, ms: Number(process.hrtime.bigint() - start) / 1e6 })
  const { tls = {}, secure, port, method, path, headers, body, timeoutMs } = call
  const options = { host: dialled, port, method, path, headers, agent: false, timeout: timeoutMs, setHost: false, ...tls }
  const sent = (secure ? https : http).request(options, (message) => {
    const chunks = []
    message.on('data', (chunk) => chunks.push(chunk))
    message.on('end', () => end({ status: message.statusCode, headers: message.rawHeaders, body: Buffer.concat(chunks).toString() }))
    message.on('error', (error) => end({ error: error.code || error.message }))
  })
  sent.on('timeout', () => sent.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })))
  sent.on('error', (error) => end({ error: error.code || error.message }))
  sent.end(body || undefined)
}

function line(call, dialled, done) {
  const start = process.hrtime.bigint()
  let text = ''
  let error = null
  const socket = net.connect({ host: dialled, port: call.port }, () => socket.write(call.body))
  socket.setTimeout(call.timeoutMs, () => socket.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })))
  socket.on('data', (data) => (text += data))
  socket.on('error', (cause) => (error = cause.code || cause.message))
  socket.on('close', () => {
    const ms = Number(process.hrtime.bigint() - start) / 1e6
    done(text === '' ? { error: error || 'ECONNRESET', ms } : { status: 0, headers: [], body: text, ms })
  })
}

function perform(call, done) {
  const send = call.tcp ? line : request
  send(call, call.host, (answer) => {
    if (answer.error !== 'ENOTFOUND' && answer.error !== 'EAI_AGAIN') return done(answer)
    if (!call.elsewhere) return done(answer)
    send(call, nowhere, (second) => done({ ...second, unresolved: true }))
  })
}

function control({ port, method, path, body }, done) {
  request(
    { port, method, path, headers: ['host', 'localhost', 'content-length', String(Buffer.byteLength(body))], body, timeoutMs: 5000 },
    '127.0.0.1',
    done,
  )
}

const lines = readline.createInterface({ input: process.stdin })
lines.on('line', (text) => {
  const { id, call, control: asked } = JSON.parse(text)
  const answer = (rest) => say({ id, ...rest })
  if (asked) control(asked, answer)
  else perform(call, answer)
})
lines.on('close', () => process.exit(0))
