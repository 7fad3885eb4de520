import type { ErrorInit } from './errors.ts'
import { MeshSpecError } from './errors.ts'

/** Something that lies in a folder beside config: no error, and no config either. */
export interface PassedOver {
  readonly file: string
  readonly what: 'no Kubernetes object' | 'Helm template'
}

/** A document that is an error where its file was named, and is passed over where it just lies in a folder. */
export class ForeignDocument extends MeshSpecError {
  readonly what: PassedOver['what']

  constructor(what: PassedOver['what'], details: ErrorInit) {
    super(details)
    this.what = what
  }
}
