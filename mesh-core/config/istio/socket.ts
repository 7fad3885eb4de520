/** What an address of a Unix domain socket begins with. */
export const socketPrefix = 'unix://'

/** @returns what is wrong with the path of a socket, null for nothing. Source: Istio ValidateUnixAddress */
export function socketProblem(socket: string): string | null {
  if (socket === '') return 'unix address must not be empty'
  // An abstract socket has a name, and no place in the file system.
  if (socket.startsWith('@')) return null
  return socket.startsWith('/') && !socket.endsWith('/') ? null : `${socket} is not an absolute path to a file`
}
