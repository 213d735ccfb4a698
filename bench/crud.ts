/**
 * What every contender does for the workloads of W1: the same rows, the same values, each in its own words.
 */
import type * as Effect from "effect/Effect"

export type Engine = "sqlite" | "postgres" | "mysql"

/** Where something is measured; `none` is without a database. */
export type Place = Engine | "none"

export interface User {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly age: number
  readonly active: boolean
  readonly createdAt: Date
}

export type UserInput = Omit<User, "id">

export interface Post {
  readonly id: number
  readonly authorId: number
  readonly title: string
  readonly body: string
  readonly createdAt: Date
}

export interface UserWithPosts extends User {
  readonly posts: ReadonlyArray<Post>
}

/** A page of twenty users, youngest rows first; what is undefined is not asked for. */
export interface Page {
  readonly minimumAge: number | undefined
  readonly active: boolean | undefined
  readonly startsWith: string | undefined
  readonly offset: number
}

/** How a contender is called: plainly, by promises, or by effects within one fiber. */
export type Style = "sync" | "promise" | "effect"

/** Services that a contender's effects need are provided by its own `run`. */
export type Given<S extends Style, A> = S extends "sync" ? A
  : S extends "promise" ? Promise<A>
  : Effect.Effect<A, unknown, never>

export interface Operations<S extends Style> {
  readonly find: (id: number) => Given<S, User | undefined>
  /** The thousand users after an id, in its order. */
  readonly select: (after: number) => Given<S, ReadonlyArray<User>>
  readonly insert: (input: UserInput) => Given<S, User>
  readonly insertMany: (inputs: ReadonlyArray<UserInput>) => Given<S, unknown>
  /** The hundred users after an id, each with its posts in the order of theirs. */
  readonly withPosts: (after: number) => Given<S, ReadonlyArray<UserWithPosts>>
  readonly update: (id: number, age: number) => Given<S, unknown>
  /** In one transaction: inserts a user, sets its age by its key, and reads it again. */
  readonly transaction: (input: UserInput, age: number) => Given<S, User | undefined>
  readonly page: (page: Page) => Given<S, ReadonlyArray<User>>
  /** How many users are active and at least so old. */
  readonly count: (minimumAge: number) => Given<S, number>
  readonly remove: (id: number) => Given<S, unknown>
  /** Inserts a user, or sets the age of the one with its email. */
  readonly upsert: (input: UserInput) => Given<S, unknown>
  readonly exists: (email: string) => Given<S, boolean>
  /** Sets the name of all users of an age. */
  readonly updateMany: (age: number, name: string) => Given<S, unknown>
}

export type Operation = keyof Operations<Style>

/** Connections that a server's contenders have. */
export const poolSize = 10

/** The rows of one statement that inserts many, where a contender chooses. */
export const rowsAtOnce = 1000

/** Where a contender finds its database. */
export interface Target {
  readonly engine: Engine
  /** A file on SQLite, else a URL. */
  readonly url: string
  /** Which of a module's contenders. */
  readonly variant: string
}

export type Contender =
  | { readonly style: "sync"; readonly operations: Operations<"sync">; readonly close: () => Promise<void> }
  | {
    readonly style: "promise"
    readonly operations: Operations<"promise">
    /** Takes a connection from the pool, where that can be done; gives what returns it. */
    readonly acquire?: () => Promise<() => void>
    readonly close: () => Promise<void>
  }
  | {
    readonly style: "effect"
    readonly operations: Operations<"effect">
    /** Runs a whole loop in one fiber, with the contender's services. */
    readonly run: <A>(effect: Effect.Effect<A, unknown, never>) => Promise<A>
    readonly close: () => Promise<void>
  }

export type Open = (target: Target) => Promise<Contender>

/** Children by parent, for contenders that read them by a second query. */
export const grouped = <U extends { readonly id: number }, P extends { readonly authorId: number }>(
  users: ReadonlyArray<U>,
  posts: ReadonlyArray<P>
): ReadonlyArray<U & { readonly posts: ReadonlyArray<P> }> => {
  const byAuthor = new Map<number, Array<P>>()
  for (const user of users) byAuthor.set(user.id, [])
  for (const post of posts) byAuthor.get(post.authorId)?.push(post)
  return users.map((user) => ({ ...user, posts: byAuthor.get(user.id) ?? [] }))
}
