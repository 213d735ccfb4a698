/**
 * Waiting for what comes of a connection, which may be nothing.
 */
import type { Work } from "./work.js"

/** The end of a work, for one more who waits for it. */
export const settled = (work: Work, first?: () => void): Promise<true> =>
  new Promise((resolve) => {
    const { onSettled } = work
    work.onSettled = () => {
      first?.()
      onSettled()
      resolve(true)
    }
  })

/**
 * Whether an event came true in time, which is counted in turns of the event loop, so that a busy process does not take its own lateness
 * for silence.
 */
export const within = (milliseconds: number, event: Promise<boolean>): Promise<boolean> =>
  new Promise((resolve) => {
    let turns = 3
    const wait = (): NodeJS.Timeout => setTimeout(turn, milliseconds / 3)
    const turn = (): void => {
      turns--
      if (turns > 0) timer = wait()
      // What has arrived is read between the two.
      else setImmediate(resolve, false)
    }
    let timer = wait()
    void event.then((value) => {
      clearTimeout(timer)
      resolve(value)
    })
  })
