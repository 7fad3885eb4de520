/** What a mesh does with a request is not known here: there is no answer of it, and none is to be taken for one. The message says on what it depends. */
export class NotShown extends Error {
  override readonly name = 'NotShown'
}
