/** Source: BoringSSL `ssl_cipher.cc` kCiphers; seen with Envoy 1.40.0. */
const names: ReadonlySet<string> = new Set(
  `AES128-SHA AES256-SHA AES128-GCM-SHA256 AES256-GCM-SHA384 DES-CBC3-SHA PSK-AES128-CBC-SHA PSK-AES256-CBC-SHA
   ECDHE-ECDSA-AES128-SHA ECDHE-ECDSA-AES256-SHA ECDHE-ECDSA-AES128-SHA256 ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES256-GCM-SHA384
   ECDHE-RSA-AES128-SHA ECDHE-RSA-AES256-SHA ECDHE-RSA-AES128-SHA256 ECDHE-RSA-AES128-GCM-SHA256 ECDHE-RSA-AES256-GCM-SHA384
   ECDHE-ECDSA-CHACHA20-POLY1305 ECDHE-RSA-CHACHA20-POLY1305 ECDHE-PSK-AES128-CBC-SHA ECDHE-PSK-AES256-CBC-SHA ECDHE-PSK-CHACHA20-POLY1305`.split(
    /\s+/,
  ),
)

/** Words for several (`HIGH`), groups and rules (`[A|B]`), and names as RFCs have them. Source: the same file, kCipherAliases, ssl_cipher_process_rulestr. */
const others =
  /^[[!+@-]|_WITH_|^(ALL|HIGH|FIPS|SSLv3|TLSv1|TLSv1\.2|[ak]?RSA|k?(ECDHE|EECDH)|a?ECDSA|[ak]?PSK|3DES|AES|AES128|AES256|AESGCM|CHACHA20|SHA|SHA1)$/

/** All of them are used anyway. */
const ofTls13 = /^TLS_(AES_128_GCM_SHA256|AES_256_GCM_SHA384|CHACHA20_POLY1305_SHA256)$/

/** A suite that Envoy refuses a listener or a cluster for, though istiod writes it down: one that it does not know, or of TLS 1.3 where there are no others. */
export function unknownSuite(suites: readonly string[] = []): string | undefined {
  const older = suites.filter((suite) => suite !== '' && !ofTls13.test(suite))
  return older.length === 0 ? suites.find((suite) => suite !== '') : older.find((suite) => !names.has(suite) && !others.test(suite))
}
