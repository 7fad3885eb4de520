/** Tokens for RequestAuthentications. The keys that have signed them were thrown away; those that are good are so until 2100. */
export const tokens: Readonly<Record<string, string>> = {
  // Of the groups admin and dev; for `web`.
  jason:
    'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJzaG9wIiwic3ViIjoiamFzb24iLCJncm91cHMiOlsiYWRtaW4iLCJkZXYiXSwic2NvcGUiOiJyZWFkIHdyaXRlIiwiYXVkIjoid2ViIiwiZXhwIjo0MTAyNDQ0ODAwfQ.d8IKCERkKiQNutIp6TsyKUkM6mYa6_NlFcZfE1tTOW3faw7s8zPGMc6r4VD3kehMbSoKYOlPImCqRSTXUi21kQ',
  // Has claims within claims; for `app` and `web`.
  anna: 'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJzaG9wIiwic3ViIjoiYW5uYSIsImdyb3VwcyI6WyJkZXYiXSwibGV2ZWwiOnsibmFtZSI6ImdvbGQiLCJyYW5rIjozfSwiYXVkIjpbImFwcCIsIndlYiJdLCJleHAiOjQxMDI0NDQ4MDAsImFjdGl2ZSI6dHJ1ZX0.1UaNuk6-Jawfu9vm9kMlDVVGpm9SX1KpZeBX1orIlLOYkYXY-bn4ZO3ULMw5njsEcYzSFaknaRILPXLKPieHqA',
  // For nobody in particular, and for ever.
  unlimited:
    'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJzaG9wIiwic3ViIjoibm9ib2R5Iiwicm9sZXMiOiJhZG1pbiBkZXYiLCJzY29wZSI6InJlYWQifQ.hLL0LdwwcO0eqzeaJ_9luC5rVV2PRtDdw0-f3h9S2EThTy1hz5oBWMsPAm8MtNPG7WH9m4rsGBfwovIilJFwlQ',
  expired:
    'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJzaG9wIiwic3ViIjoiamFzb24iLCJncm91cHMiOlsiYWRtaW4iXSwiZXhwIjoxMDAwMDAwMDAwfQ.WLGMIJKnkWfIPiXeNIwME9nSircPWQL2L4DrY5xhOSQGcrYa_i9E_1a_iMzy9ehjxj11DafEgjQFzF02W_Ol4w',
  // Not good before 2099.
  early:
    'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJzaG9wIiwic3ViIjoiamFzb24iLCJuYmYiOjQxMDI0NDQ3MDAsImV4cCI6NDEwMjQ0NDgwMH0.8nxwsNEHYE57GYkjtWiu7bfHYtQKEaqnfXG3vn5_8E2d3BRN9WjP9DvuCP8jd092Poeqr6qf2rdiaGURtMseqw',
  // Of an issuer that nobody knows.
  stranger:
    'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJlbHNld2hlcmUiLCJzdWIiOiJqYXNvbiIsImdyb3VwcyI6WyJhZG1pbiJdLCJleHAiOjQxMDI0NDQ4MDB9.Pvms9XjfU0vteHfVTiKzw8Af23dYRvmb8wUQ8eyl4YRcbkcP60JfinbkyMJl-kQ7SlOUH1xl8bfNwqCJo2g_3A',
  // Says that it is of `shop`, and is signed by somebody else.
  forged:
    'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJzaG9wIiwic3ViIjoiamFzb24iLCJncm91cHMiOlsiYWRtaW4iXSwiZXhwIjo0MTAyNDQ0ODAwfQ.RtKivy8byX1NEngkbcWR4cjSjL_SGWGDxaxmK_hfSWNkL-VTKfcJ1nowYgv6ymvFrLInTn-XGsyMa2YqZanmGA',
  // Of the other issuer.
  partner:
    'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJwYXJ0bmVyIiwic3ViIjoiYm9iIiwiZ3JvdXBzIjpbImFkbWluIl0sImF1ZCI6IndlYiIsImV4cCI6NDEwMjQ0NDgwMH0.EcFFB64CO7-v78oNHKvwlAT3ymI77Ui0Ed9p9jDPU7f4jpC3nDEX0L3H6EC6Gqhkzk0yiazUgQTlltkYn4SD4g',
}

/** JSON Web Key Sets by issuer. */
export const keySets: Readonly<Record<string, string>> = {
  shop: '{"keys":[{"kty":"EC","crv":"P-256","x":"naqAjCvOFe901qpDcswqdLD-zUcYt6rQ3MIvPxELhbY","y":"xXRW-4V34SbnryJJfGcRsWpb2x4X5FefTFoSMDYmg2s"}]}',
  partner:
    '{"keys":[{"kty":"EC","crv":"P-256","x":"KuUUL7ROWDM3O3wFvTazSmYwp9AwaOFk4MqXfdBNraI","y":"EbPoDjX3PCusclzZXSX9bRUr3J4mVvMn-GMMJ6QIDZI"}]}',
}
