/** What `{request}` says: a method, and a path or a URL. */
export interface RequestLine {
  readonly method: string
  /** `/productpage` or `http://reviews:9080/reviews/0` */
  readonly target: string
}

/** `GET /productpage` */
export const requestLinePattern = /"([A-Z]+) ([^"\s]+)"/
