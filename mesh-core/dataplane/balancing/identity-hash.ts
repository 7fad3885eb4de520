const hashes = new Map<string, string>()

/** Stands for the SHA-256 of the caller's certificate, which the simulation has none of: 64 hexadecimal digits that tell identities apart (FNV-1a). */
export function hashOfIdentity(identity: string): string {
  let hash = hashes.get(identity)
  if (hash) return hash
  hash = ''
  for (let word = 0; word < 8; word++) {
    let value = 0x811c9dc5 ^ word
    for (let i = 0; i < identity.length; i++) value = Math.imul(value ^ identity.charCodeAt(i), 0x01000193)
    hash += (value >>> 0).toString(16).padStart(8, '0')
  }
  hashes.set(identity, hash)
  return hash
}
