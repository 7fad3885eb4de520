/**
 * Messages of protobuf, by their place in `names`. A field is named as in the .proto file; its type is `s` text, `y` bytes, `b` boolean, `d` a number, `i` `u`
 * whole numbers of 32 bits, `l` `n` of 64, `D` a duration, `S` a mapping of anything, `A` an Any, `?` anything, `e3` the enumeration 3, `m3` the message 3;
 * `*` before it is a list of them, `%` a mapping to them.
 */
export interface MessageTable {
  readonly names: readonly string[]
  readonly fields: readonly Readonly<Record<string, string>>[]
  readonly enums: readonly (readonly string[])[]
}
