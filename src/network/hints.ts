/**
 * What drivers of servers advise alike.
 */

/** Of a connection that died after a statement was sent. Who reads, or is in a transaction, has nothing to look for. */
export const mayBeDone =
  "a write outside of a transaction may have taken effect: look at the data before trying it again"

export const oneStatement = "send one statement at a time"

export const lockHeld = "another transaction holds the lock: keep transactions short, or raise lockTimeout"
