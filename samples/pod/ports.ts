import type { ApplicationTls } from '../../mesh-core/ir/tls.ts'
import { bytesOf } from '../../mesh-core/ir/message.ts'
import type { Lines } from '../../wire/line-server.ts'

/** A port of a pod, and what is spoken on it: HTTP in plain text, HTTP or lines within TLS, or whatever the client begins. */
export interface PodPort {
  readonly port: number
  readonly accepts: ApplicationTls['accepts']
}

/** @param text `80,443/tls,9000/tcp`: what no protocol is said of speaks HTTP */
export function readPorts(text: string): readonly PodPort[] {
  const given = text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
  return given.map((one) => {
    const [port = '', protocol = ''] = one.split('/')
    return { port: Number(port), accepts: accepted[protocol] ?? 'plain' }
  })
}

const accepted: Readonly<Record<string, ApplicationTls['accepts']>> = { tls: 'tls', tcp: 'either' }

/** A request line of HTTP/1 as its clients end it, or the preface of HTTP/2. */
const http = /^(?:[A-Z]+ \S+ HTTP\/1\.[01]\r\n|PRI \* HTTP\/2)/

/** On ports that are not of HTTP: the first line of a connection is all of it. */
export const plainLines: Lines = {
  begins: (first) => first[0] !== 0x16 && !http.test(first.toString('latin1')),
  take: (bytes) => {
    const end = bytes.indexOf('\n')
    return end < 0 ? null : bytesOf('tcp', '', bytes.toString('utf8', 0, end + 1))
  },
}
