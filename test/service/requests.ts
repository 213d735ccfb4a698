/**
 * A client of the service: requests over HTTP, and what they were answered.
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"

type Body = { readonly [name: string]: unknown }

const briefly = (body: unknown): string => {
  if (typeof body !== "object" || body === null) return String(body)
  const { _tag: tag, author, email, items, next, status, title, updatedBy, version } = body as {
    readonly [name: string]: any
  }
  if (tag !== undefined) return tag
  if (items !== undefined) return `${items.map(briefly).join(", ")}${next === null ? "" : ", …"}`
  return title === undefined
    ? email
    : `${title}, ${status} ${version} by ${updatedBy}${author === undefined ? "" : ` (${author.name})`}`
}

export const client = (url: string) =>
  Effect.map(HttpClient.HttpClient, (http) => {
    const ask = (
      method: "GET" | "POST" | "PATCH" | "DELETE",
      path: string,
      body?: Body,
      actor: string | undefined = "ada"
    ) =>
      Effect.gen(function*() {
        const request = HttpClientRequest.make(method)(`${url}${path}`).pipe(
          actor === undefined ? (request) => request : HttpClientRequest.setHeader("x-actor", actor),
          body === undefined ? (request) => request : HttpClientRequest.bodyUnsafeJson(body)
        )
        const response = yield* http.execute(request)
        const text = yield* response.text
        return {
          status: response.status,
          text,
          json: response.headers["content-type"]?.includes("json") === true ? JSON.parse(text) as any : undefined
        }
      })
    /** What was answered, in a line. */
    const answer = (...args: Parameters<typeof ask>) =>
      Effect.map(ask(...args), ({ json, status }) => json === undefined ? `${status}` : `${status} ${briefly(json)}`)
    return { ask, answer }
  }).pipe(Effect.provide(FetchHttpClient.layer))
