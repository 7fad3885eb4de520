/** Methods that Envoy's HTTP/1 parser takes; in capitals only. Source: Envoy `balsa_parser.cc` isMethodValid. */
const known: ReadonlySet<string> = new Set(
  (
    'ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK MERGE MKACTIVITY MKCALENDAR MKCOL MOVE MSEARCH NOTIFY OPTIONS PATCH POST PROPFIND ' +
    'PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK UNLOCK UNSUBSCRIBE'
  ).split(' '),
)

/** Others are answered 400 before any route is looked at. */
export function isKnownMethod(method: string): boolean {
  return known.has(method)
}
