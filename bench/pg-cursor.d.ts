/** What is used of `pg-cursor`, which comes with `@effect/sql-pg` and has no types of its own. */
declare module "pg-cursor" {
  import type { Submittable } from "pg"

  export default class Cursor implements Submittable {
    constructor(text: string, values?: Array<unknown>)
    submit(connection: unknown): void
    read(rowsCount: number): Promise<Array<never>>
    close(): Promise<void>
  }
}
