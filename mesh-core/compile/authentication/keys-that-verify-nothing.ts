/**
 * What a proxy is told where keys cannot be fetched: one whose private half nobody has, so that every token is refused and requests without one
 * go on. Source: Istio `model/jwks_resolver.go` BuildLocalJwks.
 */
export const keysThatVerifyNothing = JSON.stringify({
  keys: [
    {
      kty: 'RSA',
      e: 'AQAB',
      n: 'xsnWrUOJV4a2WaUkNWNvSCV7fMjczBrdWmmrJFCZxHXUZ6QcxQ06tClCzGSlgg348KyRJnuH91p9mOoTSLDZJQrzq47ITotZdTDjobYjNJWl98B5Ox97YWeRu_JJhDye2JsgE5e1q_ufkRpvF9egFqkb8pfDCQ9REd3kEKqNJlthojsovX75tGv1ltc5lhY-A7KJjeZEvAuXIVMT-gxZy-6NcQgQhr5mzUL8XBFS8rJdpOj9DtkFtjG7-iPBUL5R3KYrOgkuxiMMUfazGm7kgNMlHDkoxqfjXN023SX0t-fNwkwtxG_TTqCTww0W42aEWG14S1U_8-MUKJ2jjXyAqw',
    },
  ],
})
