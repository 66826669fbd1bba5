/** Type 2 charstrings (Adobe Technical Note 5177): the outlines of a CFF font. Pure. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Straight pieces of each closed outline, in font units, y upwards. Curves are cut into `CURVE_PIECES`. */
export type Outline = readonly (readonly Point[])[];

export interface Subroutines {
  readonly local: (index: number) => Uint8Array | undefined;
  readonly localCount: number;
  readonly global: (index: number) => Uint8Array | undefined;
  readonly globalCount: number;
}

const CURVE_PIECES = 6;
const DEEPEST_CALL = 10;

/** @returns the outline, or undefined when the program is not one this understands. */
export function runCharstring(program: Uint8Array, subroutines: Subroutines): Outline | undefined {
  const outlines: Point[][] = [];
  const stack: number[] = [];
  let stems = 0;
  let x = 0;
  let y = 0;
  let ended = false;

  const bias = (count: number): number => (count < 1240 ? 107 : count < 33_900 ? 1131 : 32_768);
  const at = (index: number): number => stack[index] ?? 0;
  const move = (dx: number, dy: number): void => {
    x += dx;
    y += dy;
    outlines.push([{ x, y }]);
  };
  const line = (dx: number, dy: number): void => {
    x += dx;
    y += dy;
    outlines.at(-1)?.push({ x, y });
  };
  const curve = (a: number, b: number, c: number, d: number, e: number, f: number): void => {
    const [x0, y0] = [x, y];
    const [x1, y1] = [x0 + a, y0 + b];
    const [x2, y2] = [x1 + c, y1 + d];
    x = x2 + e;
    y = y2 + f;
    for (let piece = 1; piece <= CURVE_PIECES; piece += 1) {
      const t = piece / CURVE_PIECES;
      const u = 1 - t;
      outlines.at(-1)?.push({
        x: u * u * u * x0 + 3 * u * u * t * x1 + 3 * u * t * t * x2 + t * t * t * x,
        y: u * u * u * y0 + 3 * u * u * t * y1 + 3 * u * t * t * y2 + t * t * t * y,
      });
    }
  };
  /** Curves that begin and end along the axes, in turn; the last may end freely. */
  const axisCurves = (horizontalFirst: boolean): void => {
    let horizontal = horizontalFirst;
    for (let i = 0; i + 4 <= stack.length; i += 4) {
      const last = stack.length - i === 5 ? at(i + 4) : 0;
      if (horizontal) curve(at(i), 0, at(i + 1), at(i + 2), last, at(i + 3));
      else curve(0, at(i), at(i + 1), at(i + 2), at(i + 3), last);
      horizontal = !horizontal;
    }
  };
  const curves = (from: number, to: number): void => {
    for (let i = from; i + 6 <= to; i += 6)
      curve(at(i), at(i + 1), at(i + 2), at(i + 3), at(i + 4), at(i + 5));
  };
  const lines = (from: number, to: number): void => {
    for (let i = from; i + 2 <= to; i += 2) line(at(i), at(i + 1));
  };

  function flex(operator: number): void {
    switch (operator) {
      case 34:
        curve(at(0), 0, at(1), at(2), at(3), 0);
        curve(at(4), 0, at(5), -at(2), at(6), 0);
        return;
      case 35:
        curves(0, 12);
        return;
      case 36:
        curve(at(0), at(1), at(2), at(3), at(4), 0);
        curve(at(5), 0, at(6), at(7), at(8), -(at(1) + at(3) + at(7)));
        return;
      case 37: {
        const dx = at(0) + at(2) + at(4) + at(6) + at(8);
        const dy = at(1) + at(3) + at(5) + at(7) + at(9);
        curves(0, 6);
        const flat = Math.abs(dx) > Math.abs(dy);
        curve(at(6), at(7), at(8), at(9), flat ? at(10) : -dx, flat ? -dy : at(10));
      }
    }
  }

  function draw(operator: number): void {
    const count = stack.length;
    switch (operator) {
      case 21:
        move(at(count - 2), at(count - 1));
        return;
      case 22:
        move(at(count - 1), 0);
        return;
      case 4:
        move(0, at(count - 1));
        return;
      case 5:
        lines(0, count);
        return;
      case 6:
      case 7:
        for (let i = 0; i < count; i += 1)
          if ((operator === 6) === (i % 2 === 0)) line(at(i), 0);
          else line(0, at(i));
        return;
      case 8:
        curves(0, count);
        return;
      case 24:
        curves(0, count - 2);
        lines(count - 2, count);
        return;
      case 25:
        lines(0, count - 6);
        curves(count - 6, count);
        return;
      case 26:
      case 27: {
        // An odd argument shifts the first curve off its axis.
        let shift = count % 4 === 1 ? at(0) : 0;
        for (let i = count % 4 === 1 ? 1 : 0; i + 4 <= count; i += 4) {
          if (operator === 26) curve(shift, at(i), at(i + 1), at(i + 2), 0, at(i + 3));
          else curve(at(i), shift, at(i + 1), at(i + 2), at(i + 3), 0);
          shift = 0;
        }
        return;
      }
      case 30:
        axisCurves(false);
        return;
      case 31:
        axisCurves(true);
    }
  }

  /** @returns false for a program that breaks off or calls what is not there. */
  function run(code: Uint8Array, depth: number): boolean {
    if (depth > DEEPEST_CALL) return false;
    for (let i = 0; i < code.length && !ended;) {
      const byte = code[i] ?? 0;
      const [b1 = 0, b2 = 0, b3 = 0, b4 = 0] = code.subarray(i + 1, i + 5);
      i += 1;
      if (byte === 28) {
        stack.push((((b1 << 8) | b2) << 16) >> 16);
        i += 2;
      } else if (byte === 255) {
        stack.push(((b1 << 24) | (b2 << 16) | (b3 << 8) | b4) / 65_536);
        i += 4;
      } else if (byte >= 251) {
        stack.push(-(byte - 251) * 256 - b1 - 108);
        i += 1;
      } else if (byte >= 247) {
        stack.push((byte - 247) * 256 + b1 + 108);
        i += 1;
      } else if (byte >= 32) {
        stack.push(byte - 139);
      } else if (byte === 10 || byte === 29) {
        const local = byte === 10;
        const index = (stack.pop() ?? 0) + bias(local ? subroutines.localCount : subroutines.globalCount);
        const called = local ? subroutines.local(index) : subroutines.global(index);
        if (called === undefined || !run(called, depth + 1)) return false;
      } else if (byte === 11) {
        return true;
      } else {
        if (byte === 14) ended = true;
        else if ([1, 3, 18, 23, 19, 20].includes(byte)) {
          stems += Math.floor(stack.length / 2);
          if (byte === 19 || byte === 20) i += Math.ceil(stems / 8);
        } else if (byte === 12) {
          flex(b1);
          i += 1;
        } else draw(byte);
        stack.length = 0;
      }
    }
    return true;
  }

  return run(program, 0) && ended ? outlines : undefined;
}
