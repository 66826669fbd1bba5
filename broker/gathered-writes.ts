import type { Duplex } from 'node:stream';

/** Room for what one socket is given in one turn of the event loop; more goes out in several pieces. */
const PIECE_BYTES = 16 * 1024;
/** Larger chunks are not worth a copy. */
const COPIED_BYTES = 4 * 1024;
/** Empty pieces kept for the next turn. */
const SPARE_PIECES = 64;
/** Up to here a loop is faster than a call of `set`. */
const TINY_BYTES = 8;

/** Loose on purpose: it passes on whatever overload of write() was called. */
type Write = (...args: unknown[]) => boolean;

/**
 * Makes the many small writes of one turn of the event loop one write [BR50]. aedes writes a packet in four
 * or five pieces and corks its socket for a single packet only: fifty messages to one subscriber are fifty
 * system calls, and the call costs more than everything else about a message.
 *
 * What was written stands in its order; `end` and `destroy` first send what is gathered. Put on a socket
 * after whatever else wraps its `write` (BR38), so that those see the pieces and not the crumbs.
 */
export function writeGatherer(): (socket: Duplex) => void {
  const spare: Buffer[] = [];
  let waiting: Gathered[] = [];
  const flushAll = (): void => {
    const now = waiting;
    waiting = [];
    for (const each of now) each.flush();
  };
  const pieces: Pieces = {
    take: () => spare.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES),
    give: (piece) => {
      if (spare.length < SPARE_PIECES) spare.push(piece);
    },
    flushLater: (each) => {
      // The end of this turn, not a time: what other packets of the turn have for this socket goes along.
      // eslint-disable-next-line no-restricted-globals
      if (waiting.length === 0) setImmediate(flushAll);
      waiting.push(each);
    },
  };
  return (socket) => {
    new Gathered(socket, pieces).install();
  };
}

interface Pieces {
  take(): Buffer;
  give(piece: Buffer): void;
  flushLater(gathered: Gathered): void;
}

class Gathered {
  readonly #socket: Duplex;
  readonly #pieces: Pieces;
  readonly #write: Write;
  #piece: Buffer | undefined;
  #used = 0;
  #scheduled = false;
  /** What the last real write said: false until 'drain'. */
  #room = true;

  constructor(socket: Duplex, pieces: Pieces) {
    this.#socket = socket;
    this.#pieces = pieces;
    this.#write = socket.write.bind(socket) as Write;
  }

  install(): void {
    const socket = this.#socket;
    const end = socket.end.bind(socket) as (...args: unknown[]) => Duplex;
    const destroy = socket.destroy.bind(socket);
    socket.write = (...args: unknown[]) => this.#gather(args);
    socket.end = (...args: unknown[]) => {
      this.flush();
      return end(...args);
    };
    socket.destroy = (error) => {
      this.flush();
      return destroy(error);
    };
    // mqtt-packet corks for one packet when it can, at the price of a tick; gathering is what corking is for.
    (socket as { cork?: unknown }).cork = undefined;
    socket.on('drain', () => {
      this.#room = true;
    });
  }

  /** Sends what is gathered. */
  flush(): void {
    this.#scheduled = false;
    const piece = this.#piece;
    if (piece === undefined) return;
    this.#piece = undefined;
    const socket = this.#socket;
    const bytes = piece.subarray(0, this.#used);
    if (socket.destroyed || socket.writableEnded) {
      this.#pieces.give(piece);
      return;
    }
    if (socket.writableLength > 0) {
      // It will wait, perhaps for long and in great number: in as many bytes as it has.
      this.#room = this.#write(Buffer.from(bytes));
      this.#pieces.give(piece);
      return;
    }
    this.#room = this.#write(bytes);
    // Nothing left in the socket: the kernel took it all in the call, and the piece is free again.
    if (socket.writableLength === 0) this.#pieces.give(piece);
  }

  #gather(args: readonly unknown[]): boolean {
    const [chunk] = args;
    const most = mostBytes(chunk);
    if (args.length > 1 || most > COPIED_BYTES || this.#socket.destroyed) {
      this.flush();
      this.#room = this.#write(...args);
      return this.#room;
    }
    if (this.#piece !== undefined && this.#used + most > PIECE_BYTES) this.flush();
    if (this.#piece === undefined) {
      this.#piece = this.#pieces.take();
      this.#used = 0;
    }
    this.#used += copied(chunk, this.#piece, this.#used);
    if (!this.#scheduled) {
      this.#scheduled = true;
      this.#pieces.flushLater(this);
    }
    return this.#room;
  }
}

/** As many bytes as the chunk may need; Infinity for what is neither text nor bytes. */
function mostBytes(chunk: unknown): number {
  if (typeof chunk === 'string') return chunk.length * 3;
  return chunk instanceof Uint8Array ? chunk.length : Infinity;
}

function copied(chunk: unknown, into: Buffer, at: number): number {
  if (typeof chunk === 'string') return into.write(chunk, at);
  if (!(chunk instanceof Uint8Array)) return 0;
  if (chunk.length > TINY_BYTES) into.set(chunk, at);
  else for (let index = 0; index < chunk.length; index += 1) into[at + index] = chunk[index] ?? 0;
  return chunk.length;
}
