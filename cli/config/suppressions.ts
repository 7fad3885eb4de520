import { adviceTypes } from '../../mesh-core/advise/advice-types.ts'
import { messageTypes } from '../../mesh-core/analyze/message-types.ts'
import { errorCodes } from '../../mesh-core/config/errors.ts'
import type { Finding } from '../findings/finding.ts'
import { settingError } from '../options/setting-error.ts'

const findingCodes: ReadonlySet<string> = new Set([...errorCodes, ...Object.values({ ...messageTypes, ...adviceTypes }).map(({ code }) => code)])

/** `--suppress IST0118`, or of some resources only: `IST0118=Service default/web`; `*` in a name stands for anything. */
export class Suppressions {
  readonly #entries: readonly { readonly code: string; readonly resource: string }[]

  constructor(texts: readonly string[]) {
    this.#entries = texts.map((text) => {
      const [code = '', resource = '*'] = text.split('=')
      if (!/^[A-Z][A-Z0-9_]*$/.test(code))
        throw settingError(`--suppress is "${text}"`, 'write a code, or a code and a resource: IST0118=Service default/web')
      return { code, resource }
    })
  }

  /** Codes that no finding has. As `istioctl analyze`, it is no mistake to name one: another version may have it. */
  get unknown(): readonly string[] {
    return this.#entries.map(({ code }) => code).filter((code) => !findingCodes.has(code))
  }

  cover(finding: Finding): boolean {
    return this.#entries.some(({ code, resource }) => code === finding.code && fits(finding.resource ?? '', resource))
  }
}

/** Parts between stars stand one after the other; those at the ends are the ends. */
function fits(name: string, pattern: string): boolean {
  const parts = pattern.split('*')
  const [first = '', last = ''] = [parts[0], parts.at(-1)]
  if (parts.length === 1) return name === pattern
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false
  let from = first.length
  for (const part of parts.slice(1, -1)) {
    const at = name.indexOf(part, from)
    if (at < 0 || at + part.length > name.length - last.length) return false
    from = at + part.length
  }
  return true
}
