/** A proxy that is asked which config it has. */
export interface ProbedProxy {
  /** `pod shop-v1-5d8.default`, `the ingress gateway` */
  readonly name: string
  /** @returns which generation it has, as it answers for the host of the barrier; `null` for nothing that could be read. @throws NotSupported where nobody may ask */
  ask(host: string, wanted: string): Promise<string | null>
}

/** ms until a proxy that is asked, and says nothing, is asked again. */
export const questionMs = 3000

/** What a proxy is taken to say that has been told everything, and does not use all of it yet. */
export const stillWarming = 'warming'
