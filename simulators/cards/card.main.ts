import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { layCard } from './card.ts';

/**
 * A virtual card at a virtual reader of pcscd: `node simulators/cards/card.main.ts --port N`. Orders on standard
 * input: `{"lay":"04A1B2C3D4E5F6"}`, `{"lay":"...","status":"6A81"}` for one that refuses, `{"take":true}`.
 */
const Order = z.union([
  z.strictObject({
    lay: z.string().regex(/^([0-9A-F]{2})+$/),
    status: z.string().length(4).default('9000'),
  }),
  z.strictObject({ take: z.literal(true) }),
]);

function say(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

const { values } = parseArgs({ options: { port: { type: 'string' } } });
const port = z.coerce.number().int().min(1).parse(values.port);
let laid: Socket | undefined;
function take(): void {
  laid?.destroy();
  laid = undefined;
}
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const order = Order.safeParse(JSON.parse(line));
    if (!order.success) {
      say({ report: 'bad-order' });
      return;
    }
    take();
    if ('take' in order.data) return;
    laid = layCard(port, { uid: order.data.lay, status: order.data.status }, (apdu) => {
      say({ report: 'apdu', apdu });
    });
    laid.on('connect', () => {
      say({ report: 'laid' });
    });
    laid.on('error', (error) => {
      say({ report: 'no-reader', reason: error.message });
    });
  })
  .on('close', take);
say({ report: 'ready' });
