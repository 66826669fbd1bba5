/** One step of the schema: never edited once it has landed. */
export interface Migration {
  /** Steps run in this order; leave gaps of ten. */
  readonly number: number;
  readonly name: string;
  readonly up: string;
}
