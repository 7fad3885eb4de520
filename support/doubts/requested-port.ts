import type { HttpRequest } from '../../mesh-core/ir/message.ts'

/** The port that a request goes to, said or that of its scheme. */
export function requestedPort({ authority, scheme }: Pick<HttpRequest, 'authority' | 'scheme'>): number {
  return Number(/:(\d+)$/.exec(authority)?.[1] ?? (scheme === 'https' ? 443 : 80))
}
