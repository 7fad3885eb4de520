/** A port of a pod, and what is spoken on it. */
export interface PodPort {
  readonly port: number
  readonly protocol: 'http' | 'tcp'
}

/** @param text `80,9000/tcp`: what no protocol is said of speaks HTTP */
export function readPorts(text: string): readonly PodPort[] {
  const given = text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
  return given.map((one) => {
    const [port = '', protocol] = one.split('/')
    return { port: Number(port), protocol: protocol === 'tcp' ? 'tcp' : 'http' }
  })
}
