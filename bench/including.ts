/**
 * What a contender does for W14: users with their posts, in the ways that relations can be loaded.
 */
import type { Engine, Post, User } from "./crud.js"

export interface PostWithAuthor extends Post {
  readonly author?: User
}

export interface Including {
  /** So many users after an id, each with its posts in the order of theirs; of two levels, each post with its author. */
  readonly include: (
    after: number,
    parents: number,
    levels: 1 | 2
  ) => Promise<ReadonlyArray<User & { readonly posts: ReadonlyArray<PostWithAuthor> }>>
  readonly close: () => Promise<void>
}

export type OpenIncluding = (target: {
  readonly engine: Engine
  readonly url: string
  readonly variant: string
}) => Promise<Including>
