/** What becomes of requests that a `When` was to send and has not sent yet, when the next step comes. Anything else than these has them sent first. */
export interface StepOptions {
  readonly unsent: 'taken-as-needed' | 'dropped-if-decided'
}

/** A step that takes as many of the requests as it needs. */
export const takingAsMany: { readonly wrapperOptions: StepOptions } = { wrapperOptions: { unsent: 'taken-as-needed' } }

/** A step that makes the mesh another one: requests that no statement about shares needed are not sent. */
export const leavingTheRest: { readonly wrapperOptions: StepOptions } = { wrapperOptions: { unsent: 'dropped-if-decided' } }
