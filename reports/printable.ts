/** What config and servers say goes to a terminal, which would obey control characters (colours, a moved cursor, text in reverse): they are shown as escapes. */
export function printable(text: string): string {
  return text.replace(control, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** All but line ends and tabs; and what turns the direction of writing (Unicode UAX #9). */
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
