/** The frame that every page has: title, stylesheet, and who is signed in. */
export function wholePage(user: string | null, body: string): string {
  return `${head}${user ? signedIn(user) : signIn}</header><main>${body}</main></body></html>\n`
}

export function escapeHtml(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (character) => entities[character]!) : text
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const head =
  '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">' +
  '<title>Simple Bookstore App</title><link rel="icon" href="/static/star.svg"><link rel="stylesheet" href="/static/bookinfo.css"></head>' +
  '<body><header><a class="brand" href="/productpage">Bookinfo</a>'

const signIn =
  '<details class="sign-in"><summary>Sign in</summary><form action="/login" method="post">' +
  '<label>User name<input name="username" autocomplete="username" autofocus></label>' +
  '<label>Password<input name="passwd" type="password" autocomplete="current-password"></label>' +
  '<p>Any password will do.</p><button>Sign in</button></form></details>'

function signedIn(user: string): string {
  return `<nav><span class="user">${escapeHtml(user)}</span> <a href="/logout">Sign out</a></nav>`
}
